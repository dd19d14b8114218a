using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// Folds in an order that depends on the number of elements alone: element i goes to one of 256 bytes of partial results, that of
/// its index modulo their number, in order; then the upper half of the partial results is joined to the lower, again and again.
/// Four registers of 512 bits hold them, or eight of 256; so vectors of every width give the same bits.
/// </summary>
internal static unsafe class LoopFolds
{
    /// <summary>The bytes of the partial results of a row.</summary>
    public const int Bytes = 256;

    /// <summary>The number of partial results of a row.</summary>
    public static int Lanes<T>() where T : unmanaged => Bytes / sizeof(T);

    /// <summary>The result over no elements.</summary>
    public static T Neutral<T>(LoopFold fold)
        where T : unmanaged
    {
        if (typeof(T) == typeof(long))
            return Unsafe.BitCast<long, T>(fold switch { LoopFold.Sum => 0, LoopFold.Product => 1, LoopFold.Max => long.MinValue, _ => long.MaxValue });
        double value = fold switch { LoopFold.Sum => 0, LoopFold.Product => 1, LoopFold.Max => double.NegativeInfinity, _ => double.PositiveInfinity };
        return typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>((float)value) : Unsafe.BitCast<double, T>(value);
    }

    /// <summary>One number of the partial results of a row, which are overwritten.</summary>
    public static T Join<T>(LoopFold fold, T* lanes)
        where T : unmanaged
    {
        for (int half = Lanes<T>() / 2; half > 0; half /= 2) Into(fold, lanes, lanes + half, half);
        return lanes[0];
    }

    /// <summary>One number of any number of partial results, which are overwritten: neighbours are joined, then pairs of neighbours.</summary>
    public static T JoinAll<T>(LoopFold fold, T* parts, nint count)
        where T : unmanaged
    {
        for (; count > 1; count = (count + 1) / 2)
        {
            for (nint i = 0; i < count / 2; i++) parts[i] = One(fold, parts[2 * i], parts[(2 * i) + 1]);
            if (count % 2 != 0) parts[count / 2] = parts[count - 1];
        }
        return parts[0];
    }

    /// <summary>Two results joined.</summary>
    public static T One<T>(LoopFold fold, T a, T b)
        where T : unmanaged
    {
        Into(fold, &a, &b, 1);
        return a;
    }

    /// <summary>so far = fold of so far and values, element by element.</summary>
    public static void Into<T>(LoopFold fold, T* soFar, T* values, nint count)
        where T : unmanaged
    {
        switch (fold)
        {
            case LoopFold.Sum: Into<T, SumOf<T>>(soFar, values, count); break;
            case LoopFold.Product: Into<T, ProductOf<T>>(soFar, values, count); break;
            case LoopFold.Max: Into<T, MaxOf<T>>(soFar, values, count); break;
            default: Into<T, MinOf<T>>(soFar, values, count); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Into<T, TFold>(T* soFar, T* values, nint count)
        where T : unmanaged
        where TFold : struct, IBinaryOperator<T>
    {
        nint i = 0;
        if (VectorWidth.OfHardware == 512) i = IntoLanes<T, TFold, Lanes512<T>>(soFar, values, i, count);
        if (VectorWidth.OfHardware >= 256) i = IntoLanes<T, TFold, Lanes256<T>>(soFar, values, i, count);
        i = IntoLanes<T, TFold, Lanes128<T>>(soFar, values, i, count);
        for (; i < count; i++) soFar[i] = Lanes128<T>.First(TFold.Apply(Lanes128<T>.All(soFar[i]), Lanes128<T>.All(values[i])));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint IntoLanes<T, TFold, TV>(T* soFar, T* values, nint i, nint count)
        where T : unmanaged
        where TFold : struct, IBinaryOperator<T>
        where TV : struct, ILanes<TV, T>
    {
        for (; i + TV.Count <= count; i += TV.Count)
            TV.Store(TFold.Apply(TV.Load(soFar + i), TV.Load(values + i)), soFar + i);
        return i;
    }

    internal readonly struct SumOf<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => a + b;
    }

    internal readonly struct ProductOf<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => a * b;
    }

    // The one that is not less than the other, unless it is hidden by a NaN.
    internal readonly struct MaxOf<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => TV.Select(TV.Equal(a, a), TV.Select(a > b, a, b), a);
    }

    internal readonly struct MinOf<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => TV.Select(TV.Equal(a, a), TV.Select(a < b, a, b), a);
    }
}
