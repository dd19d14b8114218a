namespace Nabla.Symbolics.Tests;

/// <summary>A number as an unevaluated sum of two doubles, |Low| at most half an ulp of High: about 32 digits.</summary>
internal readonly struct DoubleDouble(double high, double low)
{
    public double High { get; } = high;

    public double Low { get; } = low;

    public bool IsNegative => High < 0;

    public static implicit operator DoubleDouble(double x) => new(x, 0);

    /// <summary>a + b, exactly.</summary>
    public static DoubleDouble Sum(double a, double b)
    {
        double s = a + b, t = s - a;
        return new(s, (a - (s - t)) + (b - t));
    }

    /// <summary>a b, exactly.</summary>
    public static DoubleDouble Product(double a, double b)
    {
        double p = a * b;
        return new(p, Math.FusedMultiplyAdd(a, b, -p));
    }

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        DoubleDouble s = Sum(a.High, b.High), t = Sum(a.Low, b.Low);
        s = Fast(s.High, s.Low + t.High);
        return Fast(s.High, s.Low + t.Low);
    }

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        DoubleDouble p = Product(a.High, b.High);
        return Fast(p.High, p.Low + Math.FusedMultiplyAdd(a.High, b.Low, a.Low * b.High));
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        double q = a.High / b.High;
        DoubleDouble r = a - b * q;
        double q2 = r.High / b.High;
        r -= b * q2;
        return Fast(q, q2) + r.High / b.High;
    }

    public static DoubleDouble Abs(DoubleDouble x) => x.IsNegative ? -x : x;

    public static DoubleDouble Sqrt(DoubleDouble x)
    {
        if (x.High == 0) return x;
        double root = Math.Sqrt(x.High);
        return Fast(root, ((x - Product(root, root)) / (2 * root)).High);
    }

    /// <summary>x 2^exponent.</summary>
    public static DoubleDouble Scale(DoubleDouble x, int exponent) => new(Math.ScaleB(x.High, exponent), Math.ScaleB(x.Low, exponent));

    // |a| is at least |b|.
    private static DoubleDouble Fast(double a, double b)
    {
        double s = a + b;
        return new(s, b - (s - a));
    }
}
