using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>Numbers to truth values of one byte, and bytes to float32: a vector at a time for what comparisons and masks are.</summary>
internal static unsafe class TruthValues
{
    /// <summary>target = source ≠ 0, as 0 or 1; NaN counts as true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow<T>(T* source, byte* target, int count)
        where T : unmanaged
    {
        int i = 0;
        if (typeof(T) == typeof(float))
        {
            var x = (float*)source;
            for (; Avx512F.IsSupported && i + 16 <= count; i += 16)
            {
                Vector512<int> isZero = Vector512.Equals(Vector512.Load(x + i), Vector512<float>.Zero).AsInt32();
                Avx512F.ConvertToVector128Byte(isZero + Vector512<int>.One).Store(target + i);
            }
            for (; i + 16 <= count; i += 16)
            {
                Vector128<short> low = Vector128.Narrow(IsZero(x + i), IsZero(x + i + 4));
                Vector128<short> high = Vector128.Narrow(IsZero(x + i + 8), IsZero(x + i + 12));
                Vector128.AndNot(Vector128<byte>.One, Vector128.Narrow(low, high).AsByte()).Store(target + i);
            }
        }
        else if (Avx512F.IsSupported)
        {
            for (; i + 8 <= count; i += 8)
            {
                Vector512<long> isZero = typeof(T) == typeof(double)
                    ? Vector512.Equals(Vector512.Load((double*)source + i), Vector512<double>.Zero).AsInt64()
                    : Vector512.Equals(Vector512.Load((long*)source + i), Vector512<long>.Zero);
                *(long*)(target + i) = Avx512F.ConvertToVector128Byte(isZero + Vector512<long>.One).AsInt64().ToScalar();
            }
        }
        for (; i < count; i++)
        {
            bool zero = typeof(T) == typeof(float) ? ((float*)source)[i] == 0 : typeof(T) == typeof(double) ? ((double*)source)[i] == 0 : ((long*)source)[i] == 0;
            target[i] = zero ? (byte)0 : (byte)1;
        }
    }

    /// <summary>target = source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(byte* source, float* target, int count)
    {
        int i = 0;
        for (; Avx512F.IsSupported && i + 16 <= count; i += 16)
            Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(source + i))).Store(target + i);
        for (; i + 16 <= count; i += 16)
        {
            Vector128<byte> x = Vector128.Load(source + i);
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(x);
            (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
            (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
            Vector128.ConvertToSingle(a.AsInt32()).Store(target + i);
            Vector128.ConvertToSingle(b.AsInt32()).Store(target + i + 4);
            Vector128.ConvertToSingle(c.AsInt32()).Store(target + i + 8);
            Vector128.ConvertToSingle(d.AsInt32()).Store(target + i + 12);
        }
        for (; i < count; i++) target[i] = source[i];
    }

    private static Vector128<int> IsZero(float* x) => Vector128.Equals(Vector128.Load(x), Vector128<float>.Zero).AsInt32();
}
