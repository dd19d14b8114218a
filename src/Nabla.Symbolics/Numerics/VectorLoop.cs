using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// Runs a vector body over spans, at the width of the hardware. The tail goes through the same body in a padded buffer on the stack,
/// so that an element's result depends neither on its position nor on the length of the span.
/// </summary>
/// <remarks>The loops are optimised at once: unoptimised vector code would make the first calls a hundred times slower.</remarks>
internal static unsafe class VectorLoop
{
    private const int WidestInBytes = 64;

    public static void Map<T, TOperator>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged
        where TOperator : struct, IUnaryOperator<T>
    {
        CheckLength(x.Length, y.Length);
        fixed (T* source = x, target = y)
        {
            if (VectorWidth.Current == 512) Map<T, TOperator, Lanes512<T>>(source, target, x.Length);
            else if (VectorWidth.Current == 256) Map<T, TOperator, Lanes256<T>>(source, target, x.Length);
            else Map<T, TOperator, Lanes128<T>>(source, target, x.Length);
        }
    }

    public static void Map2<T, TOperator>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y)
        where T : unmanaged
        where TOperator : struct, IBinaryOperator<T>
    {
        CheckLength(a.Length, b.Length);
        CheckLength(a.Length, y.Length);
        fixed (T* first = a, second = b, target = y)
        {
            if (VectorWidth.Current == 512) Map2<T, TOperator, Lanes512<T>>(first, second, target, a.Length);
            else if (VectorWidth.Current == 256) Map2<T, TOperator, Lanes256<T>>(first, second, target, a.Length);
            else Map2<T, TOperator, Lanes128<T>>(first, second, target, a.Length);
        }
    }

    public static void Map3<T, TOperator>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, Span<T> y)
        where T : unmanaged
        where TOperator : struct, ITernaryOperator<T>
    {
        CheckLength(a.Length, b.Length);
        CheckLength(a.Length, c.Length);
        CheckLength(a.Length, y.Length);
        fixed (T* first = a, second = b, third = c, target = y)
        {
            if (VectorWidth.Current == 512) Map3<T, TOperator, Lanes512<T>>(first, second, third, target, a.Length);
            else if (VectorWidth.Current == 256) Map3<T, TOperator, Lanes256<T>>(first, second, third, target, a.Length);
            else Map3<T, TOperator, Lanes128<T>>(first, second, third, target, a.Length);
        }
    }

    // The inner loop runs over the whole vectors and, if there is a tail, once more over its padded copy. So the body stands
    // once in the code, which is what the inliner's budget and the time to compile it allow.

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<T, TOperator, TV>(T* x, T* y, nint length)
        where T : unmanaged
        where TOperator : struct, IUnaryOperator<T>
        where TV : struct, ILanes<TV, T>
    {
        nint rest = length & (TV.Count - 1), whole = length - rest;
        T* tail = stackalloc T[WidestInBytes / sizeof(T)];
        T* target = y;
        while (true)
        {
            for (nint i = 0; i < whole; i += TV.Count)
                TV.Store(TOperator.Apply(TV.Load(x + i)), target + i);
            if (rest == 0) return;
            if (target == tail) break;
            x = Pad(x + whole, tail, rest, TV.Count);
            y += whole;
            target = tail;
            whole = TV.Count;
        }
        for (nint i = 0; i < rest; i++)
            y[i] = tail[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map2<T, TOperator, TV>(T* a, T* b, T* y, nint length)
        where T : unmanaged
        where TOperator : struct, IBinaryOperator<T>
        where TV : struct, ILanes<TV, T>
    {
        nint rest = length & (TV.Count - 1), whole = length - rest;
        int room = WidestInBytes / sizeof(T);
        T* tail = stackalloc T[2 * room];
        T* target = y;
        while (true)
        {
            for (nint i = 0; i < whole; i += TV.Count)
                TV.Store(TOperator.Apply(TV.Load(a + i), TV.Load(b + i)), target + i);
            if (rest == 0) return;
            if (target == tail) break;
            a = Pad(a + whole, tail, rest, TV.Count);
            b = Pad(b + whole, tail + room, rest, TV.Count);
            y += whole;
            target = tail;
            whole = TV.Count;
        }
        for (nint i = 0; i < rest; i++)
            y[i] = tail[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map3<T, TOperator, TV>(T* a, T* b, T* c, T* y, nint length)
        where T : unmanaged
        where TOperator : struct, ITernaryOperator<T>
        where TV : struct, ILanes<TV, T>
    {
        nint rest = length & (TV.Count - 1), whole = length - rest;
        int room = WidestInBytes / sizeof(T);
        T* tail = stackalloc T[3 * room];
        T* target = y;
        while (true)
        {
            for (nint i = 0; i < whole; i += TV.Count)
                TV.Store(TOperator.Apply(TV.Load(a + i), TV.Load(b + i), TV.Load(c + i)), target + i);
            if (rest == 0) return;
            if (target == tail) break;
            a = Pad(a + whole, tail, rest, TV.Count);
            b = Pad(b + whole, tail + room, rest, TV.Count);
            c = Pad(c + whole, tail + (2 * room), rest, TV.Count);
            y += whole;
            target = tail;
            whole = TV.Count;
        }
        for (nint i = 0; i < rest; i++)
            y[i] = tail[i];
    }

    /// <summary>The body on one number: the bits that it has in a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T One<T, TOperator>(T x)
        where T : unmanaged
        where TOperator : struct, IUnaryOperator<T> =>
        Lanes128<T>.First(TOperator.Apply(Lanes128<T>.All(x)));

    /// <summary>For functions without a vector body: the scalar function, element by element.</summary>
    public static void Each(Func<double, double> f, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = f(x[i]);
    }

    /// <summary>The scalar function in double, rounded once to float.</summary>
    public static void Each(Func<double, double> f, ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = (float)f(x[i]);
    }

    public static void Each2(Func<double, double, double> f, ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = f(a[i], b[i]);
    }

    public static void Each2(Func<double, double, double> f, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = (float)f(a[i], b[i]);
    }

    // The last number fills up: it takes no way through the body that its neighbours do not take.
    private static T* Pad<T>(T* from, T* to, nint length, int count)
        where T : unmanaged
    {
        for (nint i = 0; i < count; i++)
            to[i] = from[Math.Min(i, length - 1)];
        return to;
    }

    // The loops index without bounds checks; this is the one check that makes that safe.
    private static void CheckLength(int length, int other)
    {
        if (other < length)
            throw new ArgumentException($"A vector kernel needs spans of one length: got {length} and {other} elements.");
    }
}
