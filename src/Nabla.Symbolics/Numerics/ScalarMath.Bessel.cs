namespace Nabla.Symbolics;

/// <summary>
/// Modified Bessel functions of the first kind: their power series up to 8, where all terms are positive and nothing cancels, and
/// Chebyshev series of sqrt(x) e^-x I(x) in 16/x - 1 beyond. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static partial class ScalarMath
{
    // 1 / k!^2
    private static ReadOnlySpan<double> I0Series =>
    [
        1, 1, 0.25, 0.027777777777777776,
        0.001736111111111111, 6.9444444444444444e-05, 1.9290123456790124e-06, 3.9367598891408417e-08,
        6.1511873267825652e-10, 7.5940584281266239e-12, 7.5940584281266234e-14, 6.2760813455591933e-16,
        4.358389823304995e-18, 2.5789288895295828e-20, 1.3157800456783586e-22, 5.8479113141260385e-25,
        2.2843403570804838e-27, 7.904291893012054e-30, 2.4395962632753253e-32, 6.7578843858042255e-35,
        1.6894710964510564e-37, 3.8310002187098785e-40, 7.9152897080782617e-43, 1.4962740468957016e-45,
        2.5976979980828152e-48
    ];

    // 1 / (k! (k+1)!)
    private static ReadOnlySpan<double> I1Series =>
    [
        1, 0.5, 0.083333333333333329, 0.0069444444444444441,
        0.00034722222222222224, 1.1574074074074073e-05, 2.7557319223985888e-07, 4.9209498614260522e-09,
        6.8346525853139614e-11, 7.5940584281266231e-13, 6.9036894801151122e-15, 5.230067787965994e-17,
        3.3526075563884579e-19, 1.842092063949702e-21, 8.7718669711890575e-24, 3.6549445713287741e-26,
        1.3437296218120491e-28, 4.3912732738955857e-31, 1.2839980333028028e-33, 3.3789421929021126e-36,
        8.0451004592907443e-39, 1.7413637357772174e-41, 3.4414303078601135e-44, 6.2344751953987565e-47,
        1.0390791992331261e-49
    ];

    private static ReadOnlySpan<double> I0Large =>
    [
        0.40224520550705439, 0.0033691164782556943, 6.8897583469168245e-05, 2.8913705208347567e-06,
        2.0489185894690638e-07, 2.266668990498178e-08, 3.3962320257083865e-09, 4.9406023882249701e-10,
        1.1889147107846439e-11, -3.1499165279632416e-11, -1.3215811840447713e-11, -1.7941785315068062e-12,
        7.180124451383666e-13, 3.8527783827421426e-13, 1.54008621752141e-14, -4.1505693472872222e-14,
        -9.5548466988283073e-15, 3.8116806693526224e-15, 1.7725601330565263e-15, -3.425485619677219e-16,
        -2.8276239805165836e-16, 3.4612228676974612e-17, 4.4656214202967598e-17, -4.8305044859441819e-18,
        -7.2331804878747538e-18, 9.9214754121736987e-19
    ];

    private static ReadOnlySpan<double> I1Large =>
    [
        0.38928811750914005, -0.0097610974913614687, -0.00011058893876262371, -3.8825648088776906e-06,
        -2.5122362378702088e-07, -2.6314688468895196e-08, -3.835380385964237e-09, -5.5897434621965838e-10,
        -1.8974958123505413e-11, 3.2526035830154884e-11, 1.4125807436613782e-11, 2.0356285441470896e-12,
        -7.1985517762459084e-13, -4.0835511110921974e-13, -2.1015418427726643e-14, 4.272440016711951e-14,
        1.0420276984128802e-14, -3.8144030724370075e-15, -1.8803547755107825e-15, 3.3082023109209285e-16,
        2.9626289976459501e-16, -3.2095259219934238e-17, -4.6503053684893586e-17, 4.4143483230717077e-18,
        7.5172963108421052e-18, -9.3141788673268842e-19
    ];

    /// <summary>I0(x)</summary>
    public static double I0(double x)
    {
        double a = Math.Abs(x);
        return a <= 8 ? Horner(I0Series, x * x / 4) : TimesExp(I0e(a), a);
    }

    /// <summary>I1(x), odd in x</summary>
    public static double I1(double x)
    {
        double a = Math.Abs(x);
        return a <= 8 ? x / 2 * Horner(I1Series, x * x / 4) : TimesExp(I1e(x), a);
    }

    /// <summary>e^-|x| I0(x)</summary>
    public static double I0e(double x)
    {
        double a = Math.Abs(x);
        return a <= 8 ? Math.Exp(-a) * I0(a) : Chebyshev(I0Large, 16 / a - 1) / Math.Sqrt(a);
    }

    /// <summary>e^-|x| I1(x)</summary>
    public static double I1e(double x)
    {
        double a = Math.Abs(x);
        return a <= 8 ? Math.Exp(-a) * I1(x) : Math.CopySign(Chebyshev(I1Large, 16 / a - 1) / Math.Sqrt(a), x);
    }

    // In two steps, because e^x overflows before I0(x) does.
    private static double TimesExp(double scaled, double x)
    {
        if (double.IsInfinity(x))
            return Math.CopySign(x, scaled);
        if (x < 700)
            return scaled * Math.Exp(x);
        return scaled * Math.Exp(x - 64) * 6.2351490808116168e27;
    }

    // Clenshaw's recurrence
    private static double Chebyshev(ReadOnlySpan<double> coefficients, double t)
    {
        double b1 = 0, b2 = 0;
        for (int i = coefficients.Length - 1; i > 0; i--)
            (b1, b2) = (2 * t * b1 - b2 + coefficients[i], b1);
        return t * b1 - b2 + coefficients[0];
    }
}
