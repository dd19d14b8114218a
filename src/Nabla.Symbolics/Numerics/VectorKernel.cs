namespace Nabla.Symbolics;

/// <summary>y[i] = f(x[i]); <paramref name="y"/> is at least as long as <paramref name="x"/> and is either x itself or does not overlap it.</summary>
internal delegate void Unary<T>(ReadOnlySpan<T> x, Span<T> y);

/// <summary>y[i] = f(a[i], b[i]); all of one length; <paramref name="y"/> may be an argument itself.</summary>
internal delegate void Binary<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y);

/// <summary>y[i] = f(a[i], b[i], c[i]); all of one length; <paramref name="y"/> may be an argument itself.</summary>
internal delegate void Ternary<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, Span<T> y);

/// <summary>
/// The vector evaluations of one primitive. A slot that is null means: loop over the scalar function.
/// The integer slots exist only where the result is exact on integers (overflow wraps around).
/// </summary>
internal sealed record VectorKernel
{
    public Unary<float>? F1 { get; init; }
    public Unary<double>? D1 { get; init; }
    public Unary<long>? I1 { get; init; }
    public Binary<float>? F2 { get; init; }
    public Binary<double>? D2 { get; init; }
    public Binary<long>? I2 { get; init; }
    public Ternary<float>? F3 { get; init; }
    public Ternary<double>? D3 { get; init; }
    public Ternary<long>? I3 { get; init; }

    /// <summary>
    /// The operator whose static method Apply is the body of the float slot, an <see cref="IUnaryOperator{T}"/>,
    /// <see cref="IBinaryOperator{T}"/> or <see cref="ITernaryOperator{T}"/>, for code that fuses bodies; null if the slot is a loop of another kind.
    /// </summary>
    public Type? FloatBody { get; private init; }

    /// <summary>The operator of the double slot.</summary>
    public Type? DoubleBody { get; private init; }

    /// <summary>The operator of the integer slot.</summary>
    public Type? LongBody { get; private init; }

    /// <summary>The kernel of a unary body in float and one in double.</summary>
    public static VectorKernel Of<TFloat, TDouble>()
        where TFloat : struct, IUnaryOperator<float>
        where TDouble : struct, IUnaryOperator<double> =>
        new() { F1 = VectorLoop.Map<float, TFloat>, D1 = VectorLoop.Map<double, TDouble>, FloatBody = typeof(TFloat), DoubleBody = typeof(TDouble) };

    public static VectorKernel Of<TFloat, TDouble, TLong>()
        where TFloat : struct, IUnaryOperator<float>
        where TDouble : struct, IUnaryOperator<double>
        where TLong : struct, IUnaryOperator<long> =>
        Of<TFloat, TDouble>() with { I1 = VectorLoop.Map<long, TLong>, LongBody = typeof(TLong) };

    /// <summary>The kernel of a binary body in float and one in double.</summary>
    public static VectorKernel Of2<TFloat, TDouble>()
        where TFloat : struct, IBinaryOperator<float>
        where TDouble : struct, IBinaryOperator<double> =>
        new() { F2 = VectorLoop.Map2<float, TFloat>, D2 = VectorLoop.Map2<double, TDouble>, FloatBody = typeof(TFloat), DoubleBody = typeof(TDouble) };

    public static VectorKernel Of2<TFloat, TDouble, TLong>()
        where TFloat : struct, IBinaryOperator<float>
        where TDouble : struct, IBinaryOperator<double>
        where TLong : struct, IBinaryOperator<long> =>
        Of2<TFloat, TDouble>() with { I2 = VectorLoop.Map2<long, TLong>, LongBody = typeof(TLong) };

    /// <summary>The kernel of a ternary body for each type.</summary>
    public static VectorKernel Of3<TFloat, TDouble, TLong>()
        where TFloat : struct, ITernaryOperator<float>
        where TDouble : struct, ITernaryOperator<double>
        where TLong : struct, ITernaryOperator<long> =>
        new()
        {
            F3 = VectorLoop.Map3<float, TFloat>,
            D3 = VectorLoop.Map3<double, TDouble>,
            I3 = VectorLoop.Map3<long, TLong>,
            FloatBody = typeof(TFloat),
            DoubleBody = typeof(TDouble),
            LongBody = typeof(TLong),
        };

    /// <summary>The evaluation of one argument for an element type.</summary>
    public Unary<T>? Unary<T>() => typeof(T) == typeof(float) ? (Unary<T>?)(object?)F1 : typeof(T) == typeof(double) ? (Unary<T>?)(object?)D1 : (Unary<T>?)(object?)I1;

    /// <summary>The evaluation of two arguments for an element type.</summary>
    public Binary<T>? Binary<T>() => typeof(T) == typeof(float) ? (Binary<T>?)(object?)F2 : typeof(T) == typeof(double) ? (Binary<T>?)(object?)D2 : (Binary<T>?)(object?)I2;

    /// <summary>The evaluation of three arguments for an element type.</summary>
    public Ternary<T>? Ternary<T>() => typeof(T) == typeof(float) ? (Ternary<T>?)(object?)F3 : typeof(T) == typeof(double) ? (Ternary<T>?)(object?)D3 : (Ternary<T>?)(object?)I3;

    /// <summary>The operator for an element type.</summary>
    public Type? Body<T>() => typeof(T) == typeof(float) ? FloatBody : typeof(T) == typeof(double) ? DoubleBody : LongBody;
}
