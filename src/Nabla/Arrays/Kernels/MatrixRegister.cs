using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>
/// What the tiles of a matrix product do with a register, so that a tile is written once for every width. The methods stand
/// beside the register's type and not around it: the compiler keeps vectors in registers, but not structures that hold one.
/// </summary>
internal unsafe interface IRegister<TRegister, T>
    where TRegister : unmanaged
    where T : unmanaged
{
    static abstract int Lanes { get; }

    static abstract TRegister Load(T* from);

    static abstract TRegister Create(T value);

    /// <summary>x·y + z, rounded once where the hardware can.</summary>
    static abstract TRegister MultiplyAdd(TRegister x, TRegister y, TRegister z);

    static abstract TRegister Add(TRegister x, TRegister y);

    static abstract void Store(T* to, TRegister x);

    /// <summary>The lanes added up to as many as 16 bytes hold: halves to halves.</summary>
    static abstract Vector128<T> Fold(TRegister x);

    /// <summary>
    /// Stores the first <paramref name="count"/> numbers, fewer than there are lanes, after adding those at <paramref name="add"/>, if that
    /// is not null.
    /// </summary>
    static abstract void StoreFirst(T* to, TRegister x, int count, T* add);
}

/// <summary>16 bytes.</summary>
internal readonly unsafe struct Register128<T> : IRegister<Vector128<T>, T>
    where T : unmanaged
{
    public static int Lanes => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Create(T value) => Vector128.Create(value);

    // T is float or double; the test folds away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MultiplyAdd(Vector128<T> x, Vector128<T> y, Vector128<T> z) =>
        typeof(T) == typeof(float)
            ? Vector128.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector128.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Add(Vector128<T> x, Vector128<T> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* to, Vector128<T> x) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Fold(Vector128<T> x) => x;

    public static void StoreFirst(T* to, Vector128<T> x, int count, T* add) => FirstLanes.Store((T*)&x, to, count, add);
}

/// <summary>32 bytes.</summary>
internal readonly unsafe struct Register256<T> : IRegister<Vector256<T>, T>
    where T : unmanaged
{
    public static int Lanes => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load(T* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Create(T value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd(Vector256<T> x, Vector256<T> y, Vector256<T> z) =>
        typeof(T) == typeof(float)
            ? Vector256.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector256.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Add(Vector256<T> x, Vector256<T> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* to, Vector256<T> x) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Fold(Vector256<T> x) => x.GetLower() + x.GetUpper();

    public static void StoreFirst(T* to, Vector256<T> x, int count, T* add) => FirstLanes.Store((T*)&x, to, count, add);
}

/// <summary>64 bytes.</summary>
internal readonly unsafe struct Register512<T> : IRegister<Vector512<T>, T>
    where T : unmanaged
{
    public static int Lanes => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load(T* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Create(T value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd(Vector512<T> x, Vector512<T> y, Vector512<T> z) =>
        typeof(T) == typeof(float)
            ? Vector512.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector512.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Add(Vector512<T> x, Vector512<T> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* to, Vector512<T> x) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Fold(Vector512<T> x) => Register256<T>.Fold(x.GetLower() + x.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(T* to, Vector512<T> x, int count, T* add)
    {
        if (!Avx512F.IsSupported)
        {
            FirstLanes.Store((T*)&x, to, count, add);
        }
        else if (typeof(T) == typeof(float))
        {
            Vector512<float> mask = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
            Vector512<float> sum = x.AsSingle();
            if (add != null) sum += Avx512F.MaskLoad((float*)add, mask, Vector512<float>.Zero);
            Avx512F.MaskStore((float*)to, mask, sum);
        }
        else
        {
            Vector512<double> mask = Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)).AsDouble();
            Vector512<double> sum = x.AsDouble();
            if (add != null) sum += Avx512F.MaskLoad((double*)add, mask, Vector512<double>.Zero);
            Avx512F.MaskStore((double*)to, mask, sum);
        }
    }
}

/// <summary>Stores a part of a register where no masked store helps.</summary>
internal static unsafe class FirstLanes
{
    public static void Store<T>(T* lanes, T* to, int count, T* add)
        where T : unmanaged
    {
        if (add == null)
            for (int i = 0; i < count; i++) to[i] = lanes[i];
        else if (typeof(T) == typeof(float))
            for (int i = 0; i < count; i++) ((float*)to)[i] = ((float*)lanes)[i] + ((float*)add)[i];
        else
            for (int i = 0; i < count; i++) ((double*)to)[i] = ((double*)lanes)[i] + ((double*)add)[i];
    }
}
