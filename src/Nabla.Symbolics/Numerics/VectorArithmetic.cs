using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>Arithmetic. All results are correctly rounded except Rsqrt's (two roundings); integers wrap around.</summary>
internal static class VectorArithmetic
{
    internal readonly struct Add<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => a + b;
    }

    internal readonly struct Sub<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => a - b;
    }

    internal readonly struct Mul<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => a * b;
    }

    internal readonly struct Div<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => a / b;
    }

    /// <summary>The larger; NaN if either is NaN; +0 is larger than -0.</summary>
    internal readonly struct Max<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        // The instruction takes its second operand where one is NaN or both are zeros; so it is asked both ways round.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> =>
            typeof(T) == typeof(long) ? TV.Max(a, b) : (TV.Max(a, b) & TV.Max(b, a)) | ~(TV.Equal(a, a) & TV.Equal(b, b));
    }

    /// <summary>The smaller; NaN if either is NaN; -0 is smaller than +0.</summary>
    internal readonly struct Min<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        // As for the larger; a NaN keeps its bits in the union.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> =>
            typeof(T) == typeof(long) ? TV.Min(a, b) : TV.Min(a, b) | TV.Min(b, a);
    }

    internal readonly struct Copysign<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => TV.CopySign(a, b);
    }

    internal readonly struct Neg<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => -x;
    }

    internal readonly struct Square<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => x * x;
    }

    /// <summary>|long.MinValue| wraps around to itself, as everywhere else in integer arithmetic.</summary>
    internal readonly struct Abs<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => TV.Abs(x);
    }

    /// <summary>Both zeros give +0, as in PyTorch; a NaN stays NaN, so that a lost number is not mistaken for a zero.</summary>
    internal readonly struct Sign<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, T> =>
            TV.Select(TV.Equal(x, x), ((x > TV.Zero) & TV.One) - ((x < TV.Zero) & TV.One), x);
    }

    internal readonly struct Reciprocal<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => TV.One / x;
    }

    internal readonly struct Sqrt<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => TV.Sqrt(x);
    }

    internal readonly struct Rsqrt<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => TV.One / TV.Sqrt(x);
    }
}
