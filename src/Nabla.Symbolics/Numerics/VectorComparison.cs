using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>Comparisons, logic and selection. Truth is 1, falsehood 0; as an argument everything but zero is true (NaN too).</summary>
internal static class VectorComparison
{
    internal readonly struct Less<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => (a < b) & TV.One;
    }

    internal readonly struct LessEqual<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => (a <= b) & TV.One;
    }

    internal readonly struct Equal<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => TV.Equal(a, b) & TV.One;
    }

    internal readonly struct NotEqual<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => TV.AndNot(TV.One, TV.Equal(a, b));
    }

    internal readonly struct And<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => TV.AndNot(TV.One, IsZero<TV, T>(a) | IsZero<TV, T>(b));
    }

    internal readonly struct Or<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => TV.AndNot(TV.One, IsZero<TV, T>(a) & IsZero<TV, T>(b));
    }

    internal readonly struct Xor<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T> => (IsZero<TV, T>(a) ^ IsZero<TV, T>(b)) & TV.One;
    }

    internal readonly struct Not<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => IsZero<TV, T>(x) & TV.One;
    }

    internal readonly struct IsNan<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => TV.AndNot(TV.One, TV.Equal(x, x));
    }

    /// <summary>condition != 0 ? a : b; what is not chosen has no influence, be it NaN or infinite.</summary>
    internal readonly struct Select<T> : ITernaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV condition, TV a, TV b) where TV : struct, ILanes<TV, T> => TV.Select(IsZero<TV, T>(condition), b, a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV IsZero<TV, T>(TV x)
        where TV : struct, ILanes<TV, T>
        where T : unmanaged =>
        TV.Equal(x, TV.Zero);
}
