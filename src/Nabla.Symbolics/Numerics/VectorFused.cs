using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>A product and a sum with one rounding; on integers, where nothing is rounded, two steps.</summary>
internal static class VectorFused
{
    internal readonly struct MultiplyAdd<T> : ITernaryOperator<T>
        where T : unmanaged
    {
        /// <summary>a·b + c.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b, TV c) where TV : struct, ILanes<TV, T> => typeof(T) == typeof(long) ? (a * b) + c : TV.Fma(a, b, c);
    }

    internal readonly struct MultiplySubtract<T> : ITernaryOperator<T>
        where T : unmanaged
    {
        /// <summary>a·b - c.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b, TV c) where TV : struct, ILanes<TV, T> => typeof(T) == typeof(long) ? (a * b) - c : TV.Fma(a, b, -c);
    }

    internal readonly struct SubtractProduct<T> : ITernaryOperator<T>
        where T : unmanaged
    {
        /// <summary>c - a·b.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b, TV c) where TV : struct, ILanes<TV, T> => typeof(T) == typeof(long) ? c - (a * b) : TV.Fma(-a, b, c);
    }
}
