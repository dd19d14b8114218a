namespace Nabla.Symbolics;

/// <summary>The error function for languages without one; the polynomials are those of <see cref="VectorErf"/>.</summary>
internal sealed partial class Prelude
{
    private static readonly string ErfDouble =
        "real erf(real x)\n{\n    if (abs(x) >= 1.0) return x > 0.0 ? 1.0 - erfc(x) : x < 0.0 ? erfc(-x) - 1.0 : x;\n    real z = x * x;\n"
        + Horner("z", "-4.374621450325064e-12", "8.8006800904602032e-11", "-1.219035624032117e-9", "1.4796618901290416e-8",
            "-1.6365085592632062e-7", "1.6462076794793434e-6", "-1.4925649082364785e-5", "0.00012055332952700439", "-0.00085483270230246957",
            "0.0052239776254384687", "-0.026866170645131082", "0.11283791670955125", "-0.37612638903183754", "0.12837916709551257")
        + "    return x + x * p;\n}";

    private static readonly string ErfcDouble =
        "real erfc(real x)\n{\n    if (abs(x) < 0.5) return 1.0 - erf(x);\n    real a = min(abs(x), 28.0);\n    real t = (a - 4.0) / (a + 4.0);\n"
        + Horner("t", "-1.7894464190101178e-9", "-1.3571098359810141e-8", "-7.6910149505227234e-9", "1.1512188061936278e-7",
            "6.2515328511469436e-8", "-8.349628296086099e-7", "3.0161418045577851e-7", "5.717812146100212e-6", "-1.1224967842160017e-5",
            "-2.4403166785901689e-5", "0.00015062231428531137", "-0.00019925549945106077", "-0.00075777335823862984",
            "0.0050319697528904408", "-0.016197734056685495", "0.037167515562982298", "-0.066330365811730449", "0.093732834996755346",
            "-0.10103906603634365", "0.068097054254738637", "0.015379652102620602", "-0.13962111684056291", "1.2329951186255526")
        + "    real square = a * a;\n    real rest = fma(a, a, -square);\n    real y = exp(-square) * (p - p * rest) / (1.0 + a + a);\n"
        + "    return x < 0.0 ? 2.0 - y : y;\n}";

    private static readonly string ErfFloat =
        "real erf(real x)\n{\n    if (abs(x) >= 0.9) return x > 0.0 ? 1.0 - erfc(x) : x < 0.0 ? erfc(-x) - 1.0 : x;\n    real z = x * x;\n"
        + Horner("z", "8.52940138e-5", "-0.000817963213", "0.00520422682", "-0.0268606655", "0.11283718", "-0.376126349", "0.128379166")
        + "    return x + x * p;\n}";

    // Press et al., Numerical Recipes, erfcc: fractional error 1.2e-7 everywhere.
    private static readonly string ErfcFloat =
        "real erfc(real x)\n{\n    real a = abs(x);\n    real t = 1.0 / (1.0 + 0.5 * a);\n"
        + Horner("t", "0.17087277", "-0.82215223", "1.48851587", "-1.13520398", "0.27886807", "-0.18628806", "0.09678418", "0.37409196", "1.00002368", "-1.26551223")
        + "    real y = t * exp(p - a * a);\n    return x < 0.0 ? 2.0 - y : y;\n}";
}
