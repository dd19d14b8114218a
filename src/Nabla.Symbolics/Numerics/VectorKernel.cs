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

    /// <summary>The evaluation of one argument for an element type.</summary>
    public Unary<T>? Unary<T>() => typeof(T) == typeof(float) ? (Unary<T>?)(object?)F1 : typeof(T) == typeof(double) ? (Unary<T>?)(object?)D1 : (Unary<T>?)(object?)I1;

    /// <summary>The evaluation of two arguments for an element type.</summary>
    public Binary<T>? Binary<T>() => typeof(T) == typeof(float) ? (Binary<T>?)(object?)F2 : typeof(T) == typeof(double) ? (Binary<T>?)(object?)D2 : (Binary<T>?)(object?)I2;

    /// <summary>The evaluation of three arguments for an element type.</summary>
    public Ternary<T>? Ternary<T>() => typeof(T) == typeof(float) ? (Ternary<T>?)(object?)F3 : typeof(T) == typeof(double) ? (Ternary<T>?)(object?)D3 : (Ternary<T>?)(object?)I3;
}
