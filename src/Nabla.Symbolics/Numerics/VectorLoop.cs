using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>The body of a unary kernel, written once; <see cref="Vector{T}"/> is as wide as the hardware allows.</summary>
internal interface IUnaryOperator<T>
{
    static abstract Vector<T> Apply(Vector<T> x);
}

/// <summary>The body of a binary kernel.</summary>
internal interface IBinaryOperator<T>
{
    static abstract Vector<T> Apply(Vector<T> a, Vector<T> b);
}

/// <summary>The body of a ternary kernel.</summary>
internal interface ITernaryOperator<T>
{
    static abstract Vector<T> Apply(Vector<T> a, Vector<T> b, Vector<T> c);
}

/// <summary>
/// Runs a vector body over spans. The tail goes through the same body in a padded buffer on the stack,
/// so that an element's result depends neither on its position nor on the length of the span.
/// </summary>
/// <remarks>The loops are optimised at once: unoptimised vector code would make the first calls a hundred times slower.</remarks>
internal static class VectorLoop
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<T, TOperator>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged
        where TOperator : struct, IUnaryOperator<T>
    {
        CheckLength(x.Length, y.Length);
        nuint length = (nuint)x.Length, width = (nuint)Vector<T>.Count, i = 0;
        ref T source = ref MemoryMarshal.GetReference(x);
        ref T target = ref MemoryMarshal.GetReference(y);
        for (; i + width <= length; i += width)
            TOperator.Apply(Vector.LoadUnsafe(ref source, i)).StoreUnsafe(ref target, i);
        if (i < length)
        {
            Span<T> tail = stackalloc T[Vector<T>.Count];
            tail.Clear();
            x[(int)i..].CopyTo(tail);
            TOperator.Apply(new Vector<T>(tail)).CopyTo(tail);
            tail[..(int)(length - i)].CopyTo(y[(int)i..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map2<T, TOperator>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y)
        where T : unmanaged
        where TOperator : struct, IBinaryOperator<T>
    {
        CheckLength(a.Length, b.Length);
        CheckLength(a.Length, y.Length);
        nuint length = (nuint)a.Length, width = (nuint)Vector<T>.Count, i = 0;
        ref T left = ref MemoryMarshal.GetReference(a);
        ref T right = ref MemoryMarshal.GetReference(b);
        ref T target = ref MemoryMarshal.GetReference(y);
        for (; i + width <= length; i += width)
            TOperator.Apply(Vector.LoadUnsafe(ref left, i), Vector.LoadUnsafe(ref right, i)).StoreUnsafe(ref target, i);
        if (i < length)
        {
            int rest = (int)(length - i);
            Span<T> tailA = stackalloc T[Vector<T>.Count];
            Span<T> tailB = stackalloc T[Vector<T>.Count];
            tailA.Clear();
            tailB.Clear();
            a.Slice((int)i, rest).CopyTo(tailA);
            b.Slice((int)i, rest).CopyTo(tailB);
            TOperator.Apply(new Vector<T>(tailA), new Vector<T>(tailB)).CopyTo(tailA);
            tailA[..rest].CopyTo(y[(int)i..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map3<T, TOperator>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, Span<T> y)
        where T : unmanaged
        where TOperator : struct, ITernaryOperator<T>
    {
        CheckLength(a.Length, b.Length);
        CheckLength(a.Length, c.Length);
        CheckLength(a.Length, y.Length);
        nuint length = (nuint)a.Length, width = (nuint)Vector<T>.Count, i = 0;
        ref T first = ref MemoryMarshal.GetReference(a);
        ref T second = ref MemoryMarshal.GetReference(b);
        ref T third = ref MemoryMarshal.GetReference(c);
        ref T target = ref MemoryMarshal.GetReference(y);
        for (; i + width <= length; i += width)
        {
            TOperator.Apply(Vector.LoadUnsafe(ref first, i), Vector.LoadUnsafe(ref second, i), Vector.LoadUnsafe(ref third, i))
                .StoreUnsafe(ref target, i);
        }
        if (i < length)
        {
            int rest = (int)(length - i);
            Span<T> tailA = stackalloc T[Vector<T>.Count];
            Span<T> tailB = stackalloc T[Vector<T>.Count];
            Span<T> tailC = stackalloc T[Vector<T>.Count];
            tailA.Clear();
            tailB.Clear();
            tailC.Clear();
            a.Slice((int)i, rest).CopyTo(tailA);
            b.Slice((int)i, rest).CopyTo(tailB);
            c.Slice((int)i, rest).CopyTo(tailC);
            TOperator.Apply(new Vector<T>(tailA), new Vector<T>(tailB), new Vector<T>(tailC)).CopyTo(tailA);
            tailA[..rest].CopyTo(y[(int)i..]);
        }
    }

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

    // The loops index without bounds checks; this is the one check that makes that safe.
    private static void CheckLength(int length, int other)
    {
        if (other < length)
            throw new ArgumentException($"A vector kernel needs spans of one length: got {length} and {other} elements.");
    }
}

/// <summary>A float kernel computed in double and rounded once: within 0.51 ulp when the double body is within a thousand.</summary>
internal readonly struct Widened<TOperator> : IUnaryOperator<float>
    where TOperator : struct, IUnaryOperator<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Apply(Vector<float> x)
    {
        Vector.Widen(x, out Vector<double> low, out Vector<double> high);
        return Vector.Narrow(TOperator.Apply(low), TOperator.Apply(high));
    }
}

/// <summary>A binary float kernel computed in double and rounded once.</summary>
internal readonly struct Widened2<TOperator> : IBinaryOperator<float>
    where TOperator : struct, IBinaryOperator<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Apply(Vector<float> a, Vector<float> b)
    {
        Vector.Widen(a, out Vector<double> lowA, out Vector<double> highA);
        Vector.Widen(b, out Vector<double> lowB, out Vector<double> highB);
        return Vector.Narrow(TOperator.Apply(lowA, lowB), TOperator.Apply(highA, highB));
    }
}
