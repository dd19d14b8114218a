using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Symbolics;

/// <summary>The rest of a row that does not fill a vector: loads and stores that touch only its elements.</summary>
internal static unsafe class PartialLanes
{
    private const int WidestInBytes = 64;

    /// <summary>A mask of the first lanes: none if the number is not positive, all if it is large enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Mask<T, TV>(nint count)
        where T : unmanaged
        where TV : unmanaged
    {
        T n = typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(count) : typeof(T) == typeof(double) ? Unsafe.BitCast<double, T>(count) : Unsafe.BitCast<long, T>(count);
        if (typeof(TV) == typeof(Vector512<T>)) return Unsafe.BitCast<Vector512<T>, TV>(Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(n)));
        if (typeof(TV) == typeof(Vector256<T>)) return Unsafe.BitCast<Vector256<T>, TV>(Vector256.LessThan(Vector256<T>.Indices, Vector256.Create(n)));
        return Unsafe.BitCast<Vector128<T>, TV>(Vector128.LessThan(Vector128<T>.Indices, Vector128.Create(n)));
    }

    /// <summary>The first elements, and zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Load<T, TV>(T* source, TV mask, nint count)
        where T : unmanaged
        where TV : unmanaged
    {
        if (typeof(TV) == typeof(Vector512<T>) && Avx512F.IsSupported)
        {
            return sizeof(T) == sizeof(float)
                ? Unsafe.BitCast<Vector512<float>, TV>(Avx512F.MaskLoad((float*)source, Unsafe.BitCast<TV, Vector512<float>>(mask), Vector512<float>.Zero))
                : Unsafe.BitCast<Vector512<double>, TV>(Avx512F.MaskLoad((double*)source, Unsafe.BitCast<TV, Vector512<double>>(mask), Vector512<double>.Zero));
        }
        if (typeof(TV) == typeof(Vector256<T>) && Avx.IsSupported)
        {
            return sizeof(T) == sizeof(float)
                ? Unsafe.BitCast<Vector256<float>, TV>(Avx.MaskLoad((float*)source, Unsafe.BitCast<TV, Vector256<float>>(mask)))
                : Unsafe.BitCast<Vector256<double>, TV>(Avx.MaskLoad((double*)source, Unsafe.BitCast<TV, Vector256<double>>(mask)));
        }
        return LoadEach<T, TV>(source, count);
    }

    /// <summary>Stores the first lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, TV>(TV x, T* target, TV mask, nint count)
        where T : unmanaged
        where TV : unmanaged
    {
        if (typeof(TV) == typeof(Vector512<T>) && Avx512F.IsSupported)
        {
            if (sizeof(T) == sizeof(float)) Avx512F.MaskStore((float*)target, Unsafe.BitCast<TV, Vector512<float>>(mask), Unsafe.BitCast<TV, Vector512<float>>(x));
            else Avx512F.MaskStore((double*)target, Unsafe.BitCast<TV, Vector512<double>>(mask), Unsafe.BitCast<TV, Vector512<double>>(x));
        }
        else if (typeof(TV) == typeof(Vector256<T>) && Avx.IsSupported)
        {
            if (sizeof(T) == sizeof(float)) Avx.MaskStore((float*)target, Unsafe.BitCast<TV, Vector256<float>>(mask), Unsafe.BitCast<TV, Vector256<float>>(x));
            else Avx.MaskStore((double*)target, Unsafe.BitCast<TV, Vector256<double>>(mask), Unsafe.BitCast<TV, Vector256<double>>(x));
        }
        else
        {
            StoreEach(x, target, count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TV LoadEach<T, TV>(T* source, nint count)
        where T : unmanaged
        where TV : unmanaged
    {
        T* room = stackalloc T[WidestInBytes / sizeof(T)];
        *(TV*)room = default;
        for (nint i = 0; i < Math.Min(count, sizeof(TV) / sizeof(T)); i++) room[i] = source[i];
        return *(TV*)room;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreEach<T, TV>(TV x, T* target, nint count)
        where T : unmanaged
        where TV : unmanaged
    {
        T* room = stackalloc T[WidestInBytes / sizeof(T)];
        *(TV*)room = x;
        for (nint i = 0; i < Math.Min(count, sizeof(TV) / sizeof(T)); i++) target[i] = room[i];
    }
}
