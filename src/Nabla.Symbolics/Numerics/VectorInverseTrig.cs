using System.Numerics;
using System.Runtime.CompilerServices;
using VectorD = System.Numerics.Vector<double>;

namespace Nabla.Symbolics;

/// <summary>
/// asin, acos, atan, atan2, in double; the float kernels widen. atan reduces to |t| at most tan(pi/8) by pi/2 - atan(1/x) and
/// pi/4 + atan((x-1)/(x+1)); asin beyond 1/2 is pi/2 - 2 asin(sqrt((1-x)/2)).
/// Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorInverseTrig
{
    private const double HalfPi = 1.5707963267948966, HalfPiLow = 6.123233995736766e-17;
    private const double TanPi8 = 0.41421356237309503, Tan3Pi8 = 2.4142135623730949;

    public static void Atan(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<AtanD>>(x, y);

    public static void Atan(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, AtanD>(x, y);

    public static void Asin(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<AsinD>>(x, y);

    public static void Asin(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, AsinD>(x, y);

    public static void Acos(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<AcosD>>(x, y);

    public static void Acos(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, AcosD>(x, y);

    public static void Atan2(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => VectorLoop.Map2<float, Widened2<Atan2D>>(a, b, y);

    public static void Atan2(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y) => VectorLoop.Map2<double, Atan2D>(a, b, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Atan(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD far = Vector.AsVectorDouble(Vector.GreaterThan(a, new VectorD(Tan3Pi8)));
        VectorD middle = Vector.AndNot(Vector.AsVectorDouble(Vector.GreaterThan(a, new VectorD(TanPi8))), far);
        VectorD above = Vector.ConditionalSelect(middle, a - VectorD.One, Vector.ConditionalSelect(far, -VectorD.One, a));
        VectorD below = Vector.ConditionalSelect(middle, a + VectorD.One, Vector.ConditionalSelect(far, a, VectorD.One));
        return Vector.CopySign(Angle(above / below, far, middle), x);
    }

    /// <summary>The angle of the point (x, y), first argument y, in [-pi, pi]; signed zeros and infinities as in C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Atan2(VectorD y, VectorD x)
    {
        VectorD infinity = new(double.PositiveInfinity);
        VectorD a = Vector.Abs(y), b = Vector.Abs(x);
        // Two infinities stand at 45 degrees as two ones do, and two zeros at 0 as (0, 1) does.
        VectorD bothInfinite = Vector.AsVectorDouble(Vector.Equals(a, infinity) & Vector.Equals(b, infinity));
        a = Vector.ConditionalSelect(bothInfinite, VectorD.One, a);
        b = Vector.ConditionalSelect(bothInfinite | Vector.AsVectorDouble(Vector.Equals(a + b, VectorD.Zero)), VectorD.One, b);
        // a + b must not overflow, nor a ratio of large numbers become one of infinities.
        VectorD huge = Vector.AsVectorDouble(Vector.GreaterThan(a, new VectorD(1e300)) | Vector.GreaterThan(b, new VectorD(1e300)));
        VectorD scale = Vector.ConditionalSelect(huge, new VectorD(0.125), VectorD.One);
        a *= scale;
        b *= scale;
        VectorD far = Vector.AsVectorDouble(Vector.GreaterThan(a, b * new VectorD(Tan3Pi8)));
        VectorD middle = Vector.AndNot(Vector.AsVectorDouble(Vector.GreaterThan(a, b * new VectorD(TanPi8))), far);
        VectorD above = Vector.ConditionalSelect(middle, a - b, Vector.ConditionalSelect(far, -b, a));
        VectorD below = Vector.ConditionalSelect(middle, a + b, Vector.ConditionalSelect(far, a, b));
        VectorD angle = Angle(above / below, far, middle);
        VectorD left = Vector.AsVectorDouble(Vector.LessThan(Vector.AsVectorInt64(x), Vector<long>.Zero));
        VectorD obtuse = new VectorD(2 * HalfPi) - (angle - new VectorD(2 * HalfPiLow));
        VectorD result = Vector.CopySign(Vector.ConditionalSelect(left, obtuse, angle), y);
        VectorD ordered = Vector.AsVectorDouble(Vector.Equals(x, x) & Vector.Equals(y, y));
        return Vector.ConditionalSelect(ordered, result, x + y);
    }

    // atan(t), plus pi/2 where far, plus pi/4 in the middle
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Angle(VectorD t, VectorD far, VectorD middle)
    {
        VectorD z = t * t;
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(0.016282993238924487), z, new VectorD(-0.034568068014968874));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0455149623749493));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.052304330074828924));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.058789261105281009));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.066664246345993369));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.076922963610482176));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.090909087530171781));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.11111111105145725));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.14285714285659729));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.19999999999999804));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.33333333333333331));
        VectorD baseAngle = (far & new VectorD(HalfPi)) | (middle & new VectorD(HalfPi / 2));
        VectorD baseLow = (far & new VectorD(HalfPiLow)) | (middle & new VectorD(HalfPiLow / 2));
        return baseAngle + (t + Vector.MultiplyAddEstimate(p * z, t, baseLow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Asin(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD outer = Vector.AsVectorDouble(Vector.GreaterThan(a, new VectorD(0.5)));
        VectorD z = Vector.ConditionalSelect(outer, Vector.MultiplyAddEstimate(a, new VectorD(-0.5), new VectorD(0.5)), a * a);
        VectorD t = Vector.ConditionalSelect(outer, Vector.SquareRoot(z), a);
        VectorD asin = Vector.MultiplyAddEstimate(ArcSeries(z) * z, t, t);
        VectorD y = Vector.ConditionalSelect(outer, new VectorD(HalfPi) - (asin + asin - new VectorD(HalfPiLow)), asin);
        return Vector.CopySign(y, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Acos(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD outer = Vector.AsVectorDouble(Vector.GreaterThan(a, new VectorD(0.5)));
        VectorD z = Vector.ConditionalSelect(outer, Vector.MultiplyAddEstimate(a, new VectorD(-0.5), new VectorD(0.5)), a * a);
        VectorD t = Vector.ConditionalSelect(outer, Vector.SquareRoot(z), x);
        VectorD asin = Vector.MultiplyAddEstimate(ArcSeries(z) * z, t, t);
        VectorD twice = asin + asin;
        VectorD far = Vector.ConditionalSelect(Vector.LessThan(x, VectorD.Zero), new VectorD(2 * HalfPi) - (twice - new VectorD(2 * HalfPiLow)), twice);
        return Vector.ConditionalSelect(outer, far, new VectorD(HalfPi) - (asin - new VectorD(HalfPiLow)));
    }

    // (asin t - t) / t^3 in z = t^2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD ArcSeries(VectorD z)
    {
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(0.029612011264955121), z, new VectorD(-0.019241671746743041));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.019554513336123378));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0030448799094556773));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0093195607947674456));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0096218429701002816));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.011566459612121669));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.01396378001220357));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.017352816540325496));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.022372157443507221));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.03038194447553234));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.044642857142551895));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.075000000000001177));
        return Vector.MultiplyAddEstimate(p, z, new VectorD(0.16666666666666666));
    }

    private readonly struct Atan2D : IBinaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> a, Vector<double> b) => Atan2(a, b);
    }
    private readonly struct AtanD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Atan(x);
    }

    private readonly struct AsinD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Asin(x);
    }

    private readonly struct AcosD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Acos(x);
    }
}
