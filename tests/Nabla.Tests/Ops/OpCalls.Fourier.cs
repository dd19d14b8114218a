namespace Nabla.Tests.Ops;

/// <summary>Complex numbers and Fourier transforms, as real functions of the parts.</summary>
internal static partial class OpCalls
{
    private static Tensor Z(Tensor pairs) => pairs.Contiguous().ViewAsComplex();

    private static IEnumerable<Sample> FourierSamples() =>
    [
        new("Complex", x => Tensor.Complex(x[0], x[1]).ViewAsReal(), S(2, 3), S(3)),
        new("Polar", x => Tensor.Polar(x[0], x[1]).ViewAsReal(), S(2, 3), S(3)),
        new("Real", x => Z(x[0]).Real, S(3, 2)),
        new("Imag", x => Z(x[0]).Imag, S(3, 2)),
        new("Conj", x => Z(x[0]).Conj().ViewAsReal(), S(3, 2)),
        new("ViewAsReal", x => Z(x[0]).T.ViewAsReal(), S(2, 3, 2)),
        new("ViewAsComplex", x => x[0].ViewAsComplex().ViewAsReal(), S(2, 3, 2)),
        new("ViewAsComplex", x => x[0].T.ViewAsComplex().Abs(), S(2, 3)),
        new("Fft", x => Z(x[0]).Fft().ViewAsReal(), S(5, 2)),
        new("Fft", x => x[0].Fft(4, 0).ViewAsReal(), S(3, 2)),
        new("Ifft", x => Z(x[0]).Ifft(norm: FftNorm.Ortho).ViewAsReal(), S(2, 7, 2)),
        new("Rfft", x => x[0].Rfft().ViewAsReal(), S(2, 6)),
        new("Rfft", x => x[0].Rfft(5, 0).ViewAsReal(), S(4, 2)),
        new("Irfft", x => Z(x[0]).Irfft(), S(2, 4, 2)),
        new("Irfft", x => Z(x[0]).Irfft(5), S(3, 2)),
        new("Hfft", x => Z(x[0]).Hfft(), S(4, 2)),
        new("Ihfft", x => x[0].Ihfft().ViewAsReal(), S(6)),
        new("Fft2", x => Z(x[0]).Fft2().ViewAsReal(), S(3, 2, 2)),
        new("Ifft2", x => Z(x[0]).Ifft2([2, 4]).ViewAsReal(), S(3, 2, 2)),
        new("Rfft2", x => x[0].Rfft2().ViewAsReal(), S(3, 4)),
        new("Irfft2", x => Z(x[0]).Irfft2(), S(3, 3, 2)),
        new("Fftn", x => Z(x[0]).Fftn(axes: [0, 2]).ViewAsReal(), S(2, 2, 3, 2)),
        new("Ifftn", x => Z(x[0]).Ifftn([3]).ViewAsReal(), S(2, 2, 2)),
        new("Rfftn", x => x[0].Rfftn([2, 4]).ViewAsReal(), S(3, 3)),
        new("Irfftn", x => Z(x[0]).Irfftn([2, 5]), S(2, 3, 2)),
        new("FftShift", x => x[0].FftShift(), S(3, 4)),
        new("IfftShift", x => x[0].IfftShift(1), S(3, 4)),
    ];
}
