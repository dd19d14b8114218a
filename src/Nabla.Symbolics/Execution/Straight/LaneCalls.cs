using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Symbolics;

/// <summary>Calls of primitives on vectors from generated code: the vector kernel of the primitive, on as many numbers as the vector has.</summary>
internal static unsafe class LaneCalls
{
    /// <summary>The method for vectors of so many bits and so many arguments.</summary>
    public static MethodInfo Method(int bits, int arity)
    {
        foreach (MethodInfo method in typeof(LaneCalls).GetMethods(BindingFlags.Static | BindingFlags.Public))
            if (method.Name == $"Apply{bits}" && method.GetParameters().Length == arity + 1) return method;
        throw new NotSupportedException($"There is no call of {arity} argument(s) on vectors of {bits} bits.");
    }

    public static Vector512<T> Apply512<T>(Vector512<T> x, int primitive) where T : unmanaged
    {
        Apply((T*)&x, Vector512<T>.Count, primitive);
        return x;
    }

    public static Vector256<T> Apply256<T>(Vector256<T> x, int primitive) where T : unmanaged
    {
        Apply((T*)&x, Vector256<T>.Count, primitive);
        return x;
    }

    public static Vector128<T> Apply128<T>(Vector128<T> x, int primitive) where T : unmanaged
    {
        Apply((T*)&x, Vector128<T>.Count, primitive);
        return x;
    }

    public static Vector512<T> Apply512<T>(Vector512<T> a, Vector512<T> b, int primitive) where T : unmanaged
    {
        Apply((T*)&a, (T*)&b, Vector512<T>.Count, primitive);
        return a;
    }

    public static Vector256<T> Apply256<T>(Vector256<T> a, Vector256<T> b, int primitive) where T : unmanaged
    {
        Apply((T*)&a, (T*)&b, Vector256<T>.Count, primitive);
        return a;
    }

    public static Vector128<T> Apply128<T>(Vector128<T> a, Vector128<T> b, int primitive) where T : unmanaged
    {
        Apply((T*)&a, (T*)&b, Vector128<T>.Count, primitive);
        return a;
    }

    private static void Apply<T>(T* x, int count, int primitive) where T : unmanaged
    {
        Primitive row = PrimitiveTable.Rows[primitive];
        if (row.Kernel?.Unary<T>() is { } kernel) kernel(new ReadOnlySpan<T>(x, count), new Span<T>(x, count));
        else for (int i = 0; i < count; i++) x[i] = From<T>(row.Scalar1!(To(x[i])));
    }

    private static void Apply<T>(T* a, T* b, int count, int primitive) where T : unmanaged
    {
        Primitive row = PrimitiveTable.Rows[primitive];
        if (row.Kernel?.Binary<T>() is { } kernel) kernel(new ReadOnlySpan<T>(a, count), new ReadOnlySpan<T>(b, count), new Span<T>(a, count));
        else for (int i = 0; i < count; i++) a[i] = From<T>(row.Scalar2!(To(a[i]), To(b[i])));
    }

    private static double To<T>(T value) where T : unmanaged => typeof(T) == typeof(float) ? Unsafe.As<T, float>(ref value) : Unsafe.As<T, double>(ref value);

    private static T From<T>(double value) where T : unmanaged
    {
        if (typeof(T) == typeof(double)) return Unsafe.As<double, T>(ref value);
        float rounded = (float)value;
        return Unsafe.As<float, T>(ref rounded);
    }
}
