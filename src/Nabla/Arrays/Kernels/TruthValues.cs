using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>Numbers to truth values of one byte, and bytes to float32: 16 at a time for float32, which is what comparisons and masks are.</summary>
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
            for (; i + 16 <= count; i += 16)
            {
                Vector128<short> low = Vector128.Narrow(IsZero(x + i), IsZero(x + i + 4));
                Vector128<short> high = Vector128.Narrow(IsZero(x + i + 8), IsZero(x + i + 12));
                Vector128.AndNot(Vector128<byte>.One, Vector128.Narrow(low, high).AsByte()).Store(target + i);
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
