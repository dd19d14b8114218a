using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>Conversion between element types as C and PyTorch do it: floating point is truncated, integers wrap.</summary>
internal static class Cast
{
    /// <summary>One value in another type; the JIT leaves a single instruction of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTarget To<TSource, TTarget>(TSource value)
        where TSource : unmanaged
        where TTarget : unmanaged
    {
        if (typeof(TSource) == typeof(TTarget)) return Unsafe.BitCast<TSource, TTarget>(value);
        if (typeof(TTarget) == typeof(float)) return Unsafe.BitCast<float, TTarget>(typeof(TSource) == typeof(double) ? (float)Unsafe.BitCast<TSource, double>(value) : (float)Whole(value));
        if (typeof(TTarget) == typeof(double)) return Unsafe.BitCast<double, TTarget>(typeof(TSource) == typeof(float) ? Unsafe.BitCast<TSource, float>(value) : (double)Whole(value));
        long whole = typeof(TSource) == typeof(float) ? (long)Unsafe.BitCast<TSource, float>(value)
            : typeof(TSource) == typeof(double) ? (long)Unsafe.BitCast<TSource, double>(value)
            : Whole(value);
        if (typeof(TTarget) == typeof(long)) return Unsafe.BitCast<long, TTarget>(whole);
        if (typeof(TTarget) == typeof(int)) return Unsafe.BitCast<int, TTarget>(unchecked((int)whole));
        return Unsafe.BitCast<byte, TTarget>(unchecked((byte)whole));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Whole<T>(T value)
        where T : unmanaged =>
        typeof(T) == typeof(long) ? Unsafe.BitCast<T, long>(value)
        : typeof(T) == typeof(int) ? Unsafe.BitCast<T, int>(value)
        : typeof(T) == typeof(byte) ? Unsafe.BitCast<T, byte>(value)
        : 0;
}
