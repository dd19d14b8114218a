namespace Nabla.Symbolics.Tests;

/// <summary>The error and gamma functions.</summary>
internal static partial class DoubleDoubleFunctions
{
    // The zero of digamma, and there the derivatives over n!.
    private static readonly DoubleDouble DigammaRoot = new(1.4616321449683622, 9.5499954299656974e-17);
    private const double DigammaRootRest = 2.89392992820415e-33;

    private static readonly DoubleDouble[] DigammaAtRoot =
    [
        new(0.9676722454476212, -3.3878743030389428e-17),
        new(-0.44276316898359208, -2.4685968258808798e-17),
        new(0.25849976095565103, -1.5004608223773498e-17),
        new(-0.16394270544240652, -5.2948981225636345e-18),
        new(0.10782405069126237, -5.6470169334964159e-18),
        new(-0.072199561256454714, 3.0827459843108324e-18),
        new(0.04880428816414311, -2.82635913171961e-18),
        new(-0.033161126474847362, 2.6301239066061398e-18),
        new(0.022597648232218104, 8.4536315797846682e-19),
        new(-0.01542476590494896, 3.8296936339528108e-19),
        new(0.010538791616612175, 3.9588385809815448e-19),
        new(-0.0072045343863568687, 4.1723725613433093e-19),
        new(0.0049267813957298533, 1.7735991929855841e-19),
        new(-0.0033698016554393282, 1.2291719110197274e-19),
        new(0.002305126326734928, -1.2856769202855879e-19),
        new(-0.0015769367714301972, -5.7472206414922617e-20),
        new(0.0010788252019162967, -8.9046064630741945e-20),
        new(-0.00073807093899600515, 2.0492107652724061e-20),
        new(0.00050495326583460199, 4.8599352992279742e-20),
        new(-0.00034546802510630769, -7.9787222510879575e-21),
        new(0.00023635601564027053, -2.4968148294691513e-21),
    ];

    // log gamma(1 + t) by powers of t, from t itself on
    private static readonly DoubleDouble[] LogGammaAt1 =
    [
        new(-0.57721566490153287, 4.9429151524306449e-18),
        new(0.8224670334241132, 1.5203361751992381e-17),
        new(-0.40068563438653143, 2.2507470424875041e-18),
        new(0.27058080842778454, 1.1871280107138412e-17),
        new(-0.20738555102867398, -4.0997673286218126e-18),
        new(0.16955717699740819, 2.2393851330167238e-18),
        new(-0.14404989676884611, -9.6231400852325549e-18),
        new(0.12550966952474304, -2.5214685384672305e-18),
        new(-0.11133426586956469, -4.6439905725829241e-18),
        new(0.10009945751278181, 2.6102404859583283e-18),
        new(-0.090954017145829041, -8.3067054576918846e-19),
        new(0.083353840546109004, 2.9638326036526421e-19),
        new(-0.076932516411352195, 3.2900356019181198e-18),
        new(0.07143294629536133, 6.2788060241914992e-18),
        new(-0.066668705882420465, -3.2295860759966306e-18),
        new(0.062500955141213038, 2.551099464019315e-18),
        new(-0.058823978658684585, 2.6912901341966357e-18),
        new(0.055555767627403614, -3.0261864849830964e-18),
        new(-0.052631679379616658, -2.523843702471215e-18),
        new(0.050000047698101693, 2.7894418264458796e-19),
        new(-0.047619070330142226, -2.4796342684293355e-18),
        new(0.045454556293204669, 4.3829317745500756e-19),
        new(-0.043478266053040261, 1.8462229880395943e-18),
    ];

    // B(2k) / (2k (2k-1)): Stirling's series
    private static readonly DoubleDouble[] Stirling =
    [
        new(0.083333333333333329, 4.6259292692714853e-18),
        new(-0.0027777777777777779, 1.0601087908747154e-19),
        new(0.00079365079365079365, 6.8838233173682821e-22),
        new(-0.00059523809523809529, 5.3693821875472602e-20),
        new(0.00084175084175084171, 3.6870174889237694e-20),
        new(-0.0019175269175269176, 1.0675702776872475e-19),
        new(0.00641025641025641, 2.2240044563805217e-19),
        new(-0.029550653594771242, 4.8617609575088553e-19),
        new(0.17964437236883057, -6.4016004827109458e-19),
        new(-1.3924322169059011, 1.5837056989230303e-17),
        new(13.402864044168393, -6.1541141019939664e-16),
        new(-156.84828462600203, 9.3918231417153889e-15),
        new(2193.1033333333335, -1.3339255626002948e-13),
        new(-36108.77125372499, 5.8975833535143648e-13),
        new(691472.26885131304, 2.5585296305157999e-11),
    ];

    // B(2k) / 2k: its derivative
    private static readonly DoubleDouble[] StirlingSlope =
    [
        new(0.083333333333333329, 4.6259292692714853e-18),
        new(-0.0083333333333333332, -1.1564823173178714e-19),
        new(0.003968253968253968, 2.2028234615578502e-19),
        new(-0.0041666666666666666, -5.7824115865893569e-20),
        new(0.007575757575757576, -2.1026951223961299e-19),
        new(-0.021092796092796094, 1.3911677399530732e-18),
        new(0.083333333333333329, 4.6259292692714853e-18),
        new(-0.44325980392156861, -2.0462934179365632e-17),
        new(3.0539543302701198, -1.0882720820608607e-17),
        new(-26.456212121212122, 7.4499329264543834e-16),
        new(281.46014492753625, -1.6476353292987831e-14),
        new(-3607.5105463980462, -1.5347029033579816e-13),
        new(54827.583333333336, -2.4253192047278085e-12),
        new(-974936.82385057467, -4.2284185858978625e-11),
        new(20052695.79668808, -8.8784091272750547e-10),
    ];

    public static DoubleDouble Erf(double x) => Math.Abs(x) < 7 ? ErfSeries(x) : (DoubleDouble)Math.Sign(x);

    /// <summary>By the series up to 3.5, where 24 digits are left, and by the continued fraction beyond.</summary>
    public static Scaled Erfc(double x)
    {
        if (x < 3.5) return 1 - Erf(x);
        DoubleDouble fraction = x;
        for (int k = 120; k >= 1; k--) fraction = x + 0.5 * k / fraction;
        DoubleDouble square = DoubleDouble.Product(x, x);
        Scaled e = Exp(-square);
        return new(e.Value * TwoOverRootPi * 0.5 / fraction, e.Exponent);
    }

    /// <summary>log |gamma(x)|.</summary>
    public static DoubleDouble LogGamma(double x)
    {
        if (Math.Abs(x) < 1e-40) return -Log(Math.Abs(x));
        if (x < 0)
        {
            DoubleDouble sin = DoubleDouble.Abs(SinPi(x));
            return Log(2 * HalfPi / (-x * sin)) - LogGamma(-x);
        }
        if (Math.Abs(x - 1) < 0.02) return NearOne(DoubleDouble.Sum(x, -1));
        if (Math.Abs(x - 2) < 0.02) return NearOne(DoubleDouble.Sum(x, -2)) + Log1p(DoubleDouble.Sum(x, -2));
        DoubleDouble large = x, product = 1;
        while (large.High < 40)
        {
            product *= large;
            large += 1;
        }
        DoubleDouble inverse = 1 / large, z = inverse * inverse, series = 0;
        for (int k = Stirling.Length - 1; k >= 0; k--) series = series * z + Stirling[k];
        return (large - 0.5) * Log(large) - large + HalfLogTwoPi + series * inverse - Log(product);
    }

    public static Scaled Digamma(double x)
    {
        if (Math.Abs(x) < 1e-40) return new(-1 / (DoubleDouble)Math.ScaleB(x, 600), 600);
        return x > 1e40 ? Log(x) : DigammaPlain(x);
    }

    private static DoubleDouble DigammaPlain(double x)
    {
        if (x < 0) return DigammaPlain(-x) - 1 / (DoubleDouble)x - 2 * HalfPi * CosPi(x) / SinPi(x);
        DoubleDouble offset = x - DigammaRoot - DigammaRootRest;
        if (Math.Abs(offset.High) < 0.03)
        {
            DoubleDouble sum = 0;
            for (int n = DigammaAtRoot.Length - 1; n >= 0; n--) sum = (sum + DigammaAtRoot[n]) * offset;
            return sum;
        }
        DoubleDouble large = x, shift = 0;
        while (large.High < 40)
        {
            shift += 1 / large;
            large += 1;
        }
        DoubleDouble z = 1 / (large * large), series = 0;
        for (int k = StirlingSlope.Length - 1; k >= 0; k--) series = (series + StirlingSlope[k]) * z;
        return Log(large) - 0.5 / large - series - shift;
    }

    private static DoubleDouble NearOne(DoubleDouble t)
    {
        DoubleDouble sum = 0;
        for (int n = LogGammaAt1.Length - 1; n >= 0; n--) sum = (sum + LogGammaAt1[n]) * t;
        return sum;
    }

    // sin(pi x) and cos(pi x): x - round(x) is exact.
    private static DoubleDouble SinPi(double x)
    {
        double n = Math.Round(x), r = x - n;
        DoubleDouble y = SinCosReduced((2 * HalfPi + 2 * HalfPiRest) * r * 0.5).Sin, c = SinCosReduced((2 * HalfPi + 2 * HalfPiRest) * r * 0.5).Cos;
        DoubleDouble sin = 2 * y * c;
        return Math.IEEERemainder(n, 2) == 0 ? sin : -sin;
    }

    private static DoubleDouble CosPi(double x)
    {
        double n = Math.Round(x), r = x - n;
        DoubleDouble half = SinCosReduced((2 * HalfPi + 2 * HalfPiRest) * r * 0.5).Sin, cos = 1 - 2 * half * half;
        return Math.IEEERemainder(n, 2) == 0 ? cos : -cos;
    }

    // 2/sqrt(pi) e^-x^2 sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)), all of one sign
    private static DoubleDouble ErfSeries(double x)
    {
        DoubleDouble square = DoubleDouble.Product(x, x), term = x, sum = x;
        for (int n = 1; Math.Abs(term.High) > 1e-34 * Math.Abs(sum.High); n++)
        {
            term *= 2 * square / ((2 * n) + 1);
            sum += term;
        }
        return TwoOverRootPi * ExpPlain(-square) * sum;
    }
}
