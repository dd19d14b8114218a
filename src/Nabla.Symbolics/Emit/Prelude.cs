using System.Text;
using System.Text.RegularExpressions;

namespace Nabla.Symbolics;

/// <summary>
/// Functions that some language lacks, written once in the common subset of all five: <c>real</c> is the type of numbers, primitives
/// have their own names, INF and NAN are literals. Translating replaces words and literals, nothing else. They are as accurate as their
/// precision lets them be for moderate arguments, but plainer than the library's own.
/// </summary>
internal sealed partial class Prelude(Dialect dialect)
{
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["exp2"] = "real exp2(real x)\n{\n    return pow(2.0, x);\n}",
        ["expm1"] = """
            real expm1(real x)
            {
                real u = exp(x);
                if (abs(x) >= 1.0) return u - 1.0;
                real t = tanh(0.5 * x);
                return 2.0 * t / (1.0 - t);
            }
            """,
        ["log1p"] = """
            real log1p(real x)
            {
                real u = 1.0 + x;
                return u == 1.0 || u > 1.0e6 ? (u == 1.0 ? x : log(u)) : log(u) * (x / (u - 1.0));
            }
            """,
        ["log10"] = "real log10(real x)\n{\n    return log(x) * 0.43429448190325182;\n}",
        ["pow"] = """
            real pow(real x, real y)
            {
                if (x > 0.0) return rawpow(x, y);
                if (x == 0.0) return y > 0.0 ? 0.0 : y == 0.0 ? 1.0 : INF;
                if (y != floor(y)) return NAN;
                real p = rawpow(-x, y);
                return y == 2.0 * floor(0.5 * y) ? p : -p;
            }
            """,
        ["asinh"] = "real asinh(real x)\n{\n    real a = abs(x);\n    return sign(x) * log1p(a + a * a / (1.0 + sqrt(a * a + 1.0)));\n}",
        ["acosh"] = "real acosh(real x)\n{\n    real t = x - 1.0;\n    return log1p(t + sqrt(t * (t + 2.0)));\n}",
        ["atanh"] = "real atanh(real x)\n{\n    return 0.5 * log1p(2.0 * x / (1.0 - x));\n}",
        ["sigmoid"] = """
            real sigmoid(real x)
            {
                real e = exp(-abs(x));
                return x < 0.0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
            }
            """,
        ["softplus"] = "real softplus(real x)\n{\n    return max(x, 0.0) + log1p(exp(-abs(x)));\n}",
        ["sign"] = "real sign(real x)\n{\n    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;\n}",
        ["copysign"] = "real copysign(real x, real y)\n{\n    return y < 0.0 || (y == 0.0 && 1.0 / y < 0.0) ? -abs(x) : abs(x);\n}",
        ["cbrt"] = "real cbrt(real x)\n{\n    return x == 0.0 ? x : sign(x) * exp(log(abs(x)) / 3.0);\n}",
        ["hypot"] = """
            real hypot(real x, real y)
            {
                real a = max(abs(x), abs(y));
                real b = min(abs(x), abs(y));
                if (a == 0.0 || b == 0.0) return a;
                real r = b / a;
                return a * sqrt(1.0 + r * r);
            }
            """,
        ["fmod"] = "real fmod(real a, real b)\n{\n    return a - b * trunc(a / b);\n}",
        ["remainder"] = """
            real remainder(real a, real b)
            {
                real r = fmod(a, b);
                return r != 0.0 && (r < 0.0) != (b < 0.0) ? r + b : r;
            }
            """,
        ["floordivide"] = """
            real floordivide(real a, real b)
            {
                return b == 0.0 ? a / b : round((a - remainder(a, b)) / b);
            }
            """,
        ["lgamma"] = """
            real lgamma(real x)
            {
                if (x <= 0.0)
                {
                    if (x == floor(x)) return INF;
                    return log(3.14159265358979324 / abs(x * sin(3.14159265358979324 * (x - 2.0 * floor(0.5 * x))))) - lgamma1(-x);
                }
                return lgamma1(x);
            }
            """,
        ["lgamma1"] = """
            real lgamma1(real x)
            {
                real p = 1.0;
                for (int k = 0; k < 10; k++)
                {
                    if (x < 10.0)
                    {
                        p *= x;
                        x += 1.0;
                    }
                }
                real z = 1.0 / (x * x);
                real s = (0.083333333333333333 - z * (0.0027777777777777778 - z * (0.00079365079365079365 - z * (0.00059523809523809524 - z * (0.00084175084175084175 - z * 0.0019175269175269175))))) / x;
                return (x - 0.5) * log(x) - x + 0.91893853320467274178 + s - log(p);
            }
            """,
        ["gamma"] = """
            real gamma(real x)
            {
                if (x > 0.0) return exp(lgamma1(x));
                if (x == 0.0) return 1.0 / x;
                if (x == floor(x)) return NAN;
                return 3.14159265358979324 / (sin(3.14159265358979324 * (x - 2.0 * floor(0.5 * x))) * exp(lgamma1(1.0 - x)));
            }
            """,
        ["digamma"] = """
            real digamma(real x)
            {
                real s = 0.0;
                if (x <= 0.0)
                {
                    if (x == floor(x)) return x == 0.0 ? -1.0 / x : NAN;
                    s = -3.14159265358979324 / tan(3.14159265358979324 * (x - floor(x)));
                    x = 1.0 - x;
                }
                for (int k = 0; k < 10; k++)
                {
                    if (x < 10.0)
                    {
                        s -= 1.0 / x;
                        x += 1.0;
                    }
                }
                real z = 1.0 / (x * x);
                return s + log(x) - 0.5 / x - z * (0.083333333333333333 - z * (0.0083333333333333333 - z * (0.003968253968253968 - z * (0.0041666666666666667 - z * (0.0075757575757575758 - z * (0.021092796092796093 - z * 0.083333333333333333))))));
            }
            """,
        ["polygamma"] = """
            real polygamma(real n, real x)
            {
                if (n == 0.0) return digamma(x);
                real f = n == 2.0 * floor(0.5 * n) ? -1.0 : 1.0;
                real j = 2.0;
                for (int k = 2; k <= 170; k++)
                {
                    if (j > n) break;
                    f *= j;
                    j += 1.0;
                }
                return f * zeta(n + 1.0, x);
            }
            """,
        ["zeta"] = """
            real zeta(real s, real q)
            {
                if (s == 1.0) return INF;
                if (!(s > 1.0)) return NAN;
                real sum = 0.0;
                for (int j = 0; j < 64; j++)
                {
                    if (q > 0.0) break;
                    if (q == 0.0) return INF;
                    sum += powany(q, -s);
                    q += 1.0;
                }
                if (!(q > 0.0)) return NAN;
                for (int k = 0; k < 12; k++)
                {
                    sum += rawpow(q, -s);
                    q += 1.0;
                }
                real p = rawpow(q, -s);
                sum += p * q / (s - 1.0) + 0.5 * p;
                real z = 1.0 / (q * q);
                real f = p * s / q;
                sum += f * 0.083333333333333333;
                f *= (s + 1.0) * (s + 2.0) * z;
                sum -= f * 0.0013888888888888889;
                f *= (s + 3.0) * (s + 4.0) * z;
                sum += f * 3.3068783068783069e-5;
                f *= (s + 5.0) * (s + 6.0) * z;
                sum -= f * 8.2671957671957672e-7;
                f *= (s + 7.0) * (s + 8.0) * z;
                sum += f * 2.0876756987868099e-8;
                f *= (s + 9.0) * (s + 10.0) * z;
                sum -= f * 5.2841901386874932e-10;
                f *= (s + 11.0) * (s + 12.0) * z;
                return sum + f * 1.3382536530684679e-11;
            }
            """,
        ["i0"] = "real i0(real x)\n{\n    real a = abs(x);\n    return a <= 20.0 ? i0near(x) : exp(a) * i0far(a);\n}",
        ["i1"] = "real i1(real x)\n{\n    real a = abs(x);\n    return a <= 20.0 ? i1near(x) : exp(a) * (x < 0.0 ? -i1far(a) : i1far(a));\n}",
        ["i0e"] = "real i0e(real x)\n{\n    real a = abs(x);\n    return a <= 20.0 ? exp(-a) * i0near(x) : i0far(a);\n}",
        ["i1e"] = "real i1e(real x)\n{\n    real a = abs(x);\n    return a <= 20.0 ? exp(-a) * i1near(x) : x < 0.0 ? -i1far(a) : i1far(a);\n}",
        ["i0near"] = BesselSeries("i0near", "1.0", "k * k"),
        ["i1near"] = BesselSeries("i1near", "0.5 * x", "k * (k + 1.0)"),
        ["i0far"] = BesselFar("i0far", "0.0"),
        ["i1far"] = BesselFar("i1far", "4.0"),
        ["erfinv"] = """
            real erfinv(real y)
            {
                real a = abs(y);
                if (!(a < 1.0)) return a == 1.0 ? y * INF : NAN;
                real tail = 1.0 - a;
                real l = log(tail * (1.0 + a));
                real h = 4.3307467508 + 0.5 * l;
                real d = sqrt(h * h - l * 6.8027210884) - h;
                real x = sqrt(max(d, 0.0));
                for (int k = 0; k < 3; k++)
                {
                    real e = (a < 0.5 ? erf(x) - a : tail - erfc(x)) / (1.1283791670955126 * exp(-x * x));
                    x -= e / (1.0 + x * e);
                }
                return y < 0.0 ? -x : x;
            }
            """,
        ["erfcinv"] = "real erfcinv(real y)\n{\n    return ndtri(0.5 * y) * -0.70710678118654752;\n}",
        ["ndtri"] = """
            real ndtri(real p)
            {
                if (!(p > 0.0 && p < 1.0)) return p == 0.0 ? -INF : p == 1.0 ? INF : NAN;
                if (p >= 0.02 && p <= 0.98) return 1.4142135623730951 * erfinv(2.0 * p - 1.0);
                real t = min(p, 1.0 - p);
                real l = log(t);
                real y = sqrt(-2.0 * l - log(-12.566370614359173 * l));
                for (int k = 0; k < 8; k++)
                {
                    real phi = 0.5 * erfc(y * 0.70710678118654752);
                    y += (log(phi) - l) * phi * 2.5066282746310005 / exp(-0.5 * y * y);
                }
                return p < 0.5 ? -y : y;
            }
            """,
    };

    private readonly StringBuilder text = new();
    private readonly HashSet<string> written = [];

    /// <summary>The functions asked for so far, those they call in front of them.</summary>
    public string Text => text.ToString();

    /// <summary>What a primitive is called; a function of ours is added to the prelude.</summary>
    /// <exception cref="NotSupportedException">The language has no way to compute it.</exception>
    public string NameOf(string primitive)
    {
        if (Spellings.Of(primitive, dialect.Language) is not { } spelling)
        {
            throw new NotSupportedException(
                $"Emit: {dialect.Title} has no function for the primitive '{primitive}'. Emit another language, or pass its value in as a parameter.");
        }

        if (!spelling.IsOurs) return dialect.Function(spelling.Name);
        Write(primitive);
        return dialect.HelperName(primitive);
    }

    private void Write(string name)
    {
        if (!written.Add(name)) return;
        string neutral = name switch
        {
            "erf" => dialect.IsDouble ? ErfDouble : ErfFloat,
            "erfc" => dialect.IsDouble ? ErfcDouble : ErfcFloat,
            _ => Texts[name],
        };
        string body = Word().Replace(neutral, match => Translate(match.Value, name));
        text.Append(dialect.Helper(name, body)).Append('\n');
    }

    private string Translate(string word, string self)
    {
        if (char.IsAsciiDigit(word[0])) return word.Contains('.') ? dialect.Literal(double.Parse(word)) : word;
        if (word == self) return dialect.HelperName(self);
        switch (word)
        {
            case "real": return dialect.Real;
            case "INF": return dialect.Literal(double.PositiveInfinity);
            case "NAN": return dialect.Literal(double.NaN);
            // The language's own power, for positive bases; and the one that takes any.
            case "rawpow": return dialect.Language == EmitLanguage.CSharp ? dialect.Function("Pow") : dialect.Function("pow");
            case "powany": return NameOf("pow");
            case "fma": return dialect.Fma;
            case "lgamma1" or "i0near" or "i1near" or "i0far" or "i1far":
                Write(word);
                return dialect.HelperName(word);
        }

        return Spellings.Of(word, dialect.Language) is not null ? NameOf(word) : word;
    }

    [GeneratedRegex(@"(?<![\w.])(?:\d+(?:\.\d+(?:e[+-]?\d+)?)?|[A-Za-z_]\w*)")]
    private static partial Regex Word();

    private static string BesselSeries(string name, string first, string divisor) => $$"""
        real {{name}}(real x)
        {
            real z = 0.25 * x * x;
            real term = {{first}};
            real sum = term;
            real k = 1.0;
            for (int j = 0; j < 64; j++)
            {
                term *= z / ({{divisor}});
                sum += term;
                k += 1.0;
            }
            return sum;
        }
        """;

    // e^-a I(a), Abramowitz and Stegun 9.7.1; beyond 20 the terms fall far below a double's precision before they grow.
    private static string BesselFar(string name, string mu) => $$"""
        real {{name}}(real a)
        {
            real term = 1.0;
            real sum = 1.0;
            real k = 1.0;
            for (int j = 0; j < 24; j++)
            {
                real odd = 2.0 * k - 1.0;
                term *= (odd * odd - {{mu}}) / (8.0 * a * k);
                sum += term;
                k += 1.0;
            }
            return 0.39894228040143268 * sum / sqrt(a);
        }
        """;

    private static string Horner(string variable, params ReadOnlySpan<string> coefficients)
    {
        var body = new StringBuilder($"    real p = {coefficients[0]};\n");
        foreach (string c in coefficients[1..]) body.Append($"    p = p * {variable} + {c};\n");
        return body.ToString();
    }
}
