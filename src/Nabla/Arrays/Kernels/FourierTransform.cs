using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// Fourier transforms along one axis of an array, all rows one by one. Both precisions are computed in double.
/// </summary>
/// <remarks>Real rows of even length are transformed as complex rows of half the length: even and odd elements are the parts.</remarks>
internal static class FourierTransform
{
    /// <summary>The transform of complex rows, or (inverse) with the sign of the exponent changed, times a factor.</summary>
    public static NdArray Complex(in NdArray x, int axis, bool inverse, double scale)
    {
        NdArray y = NdArray.Allocate(x.Dims, x.DType);
        var rows = new Rows(x, y, axis);
        int n = x.Dims[axis];
        var work = new Work(n);
        for (int row = 0; row < rows.Count; row++)
        {
            rows.Read(row, work.Re, work.Im, n);
            if (inverse) work.Run(work.Im, work.Re);
            else work.Run(work.Re, work.Im);
            rows.Write(row, work.Re, work.Im, n, scale);
        }
        return y;
    }

    /// <summary>The first n/2 + 1 numbers of the transform of real rows, times a factor.</summary>
    public static NdArray RealToHalf(in NdArray x, int axis, double scale)
    {
        int n = x.Dims[axis], half = n / 2;
        int[] dims = [.. x.Dims];
        dims[axis] = half + 1;
        NdArray y = NdArray.Allocate(dims, x.DType.ComplexType());
        var rows = new Rows(x, y, axis);
        bool paired = n % 2 == 0;
        var work = new Work(paired ? half : n);
        double[] re = work.Re, im = work.Im;
        double[] toRe = new double[half + 1], toIm = new double[half + 1], real = new double[n];
        (double[] cos, double[] sin) = paired ? FourierPlan.Circle(n) : ([], []);
        for (int row = 0; row < rows.Count; row++)
        {
            rows.Read(row, real, null, n);
            if (!paired)
            {
                real.CopyTo(re, 0);
                Array.Clear(im, 0, n);
                work.Run(re, im);
                rows.Write(row, re, im, half + 1, scale);
                continue;
            }
            for (int j = 0; j < half; j++) (re[j], im[j]) = (real[2 * j], real[(2 * j) + 1]);
            work.Run(re, im);
            for (int k = 0; k <= half; k++)
            {
                // E(k) + w(k)·O(k), where E and O, the transforms of the even and the odd elements, are in Z = E + iO.
                int up = k == half ? 0 : k, down = k == 0 ? 0 : half - k;
                (double er, double ei) = (0.5 * (re[up] + re[down]), 0.5 * (im[up] - im[down]));
                (double pr, double pi) = (0.5 * (im[up] + im[down]), 0.5 * (re[down] - re[up]));
                (toRe[k], toIm[k]) = (er + (pr * cos[k]) - (pi * sin[k]), ei + (pr * sin[k]) + (pi * cos[k]));
            }
            rows.Write(row, toRe, toIm, half + 1, scale);
        }
        return y;
    }

    /// <summary>Real rows of length n from the first n/2 + 1 numbers of their transform: the inverse sum, not divided by n, times a factor.</summary>
    /// <remarks>The imaginary parts of number 0 and, for even n, of number n/2 have no influence.</remarks>
    public static NdArray HalfToReal(in NdArray x, int axis, int n, double scale)
    {
        int half = n / 2;
        int[] dims = [.. x.Dims];
        dims[axis] = n;
        NdArray y = NdArray.Allocate(dims, x.DType.PartType());
        var rows = new Rows(x, y, axis);
        bool paired = n % 2 == 0;
        var work = new Work(paired ? half : n);
        double[] re = work.Re, im = work.Im;
        double[] fromRe = new double[half + 1], fromIm = new double[half + 1], real = new double[n];
        (double[] cos, double[] sin) = paired ? FourierPlan.Circle(n) : ([], []);
        for (int row = 0; row < rows.Count; row++)
        {
            rows.Read(row, fromRe, fromIm, half + 1);
            fromIm[0] = 0;
            if (!paired)
            {
                for (int k = 0; k <= half; k++) (re[k], im[k]) = (fromRe[k], fromIm[k]);
                for (int k = half + 1; k < n; k++) (re[k], im[k]) = (fromRe[n - k], -fromIm[n - k]);
                work.Run(im, re);
                rows.Write(row, re, null, n, scale);
                continue;
            }
            fromIm[half] = 0;
            for (int k = 0; k < half; k++)
            {
                (double er, double ei) = (fromRe[k] + fromRe[half - k], fromIm[k] - fromIm[half - k]);
                (double dr, double di) = (fromRe[k] - fromRe[half - k], fromIm[k] + fromIm[half - k]);
                (double pr, double pi) = ((dr * cos[k]) + (di * sin[k]), (di * cos[k]) - (dr * sin[k]));
                (re[k], im[k]) = (er - pi, ei + pr);
            }
            work.Run(im, re);
            for (int j = 0; j < half; j++) (real[2 * j], real[(2 * j) + 1]) = (re[j], im[j]);
            rows.Write(row, real, null, n, scale);
        }
        return y;
    }

    /// <summary>Buffers for one row and the plan of its length.</summary>
    private readonly ref struct Work
    {
        private readonly FourierPlan plan;
        private readonly double[] spareRe, spareIm;

        public readonly double[] Re, Im;

        public Work(int length)
        {
            plan = FourierPlan.Of(length);
            (Re, Im) = (new double[plan.Room], new double[plan.Room]);
            (spareRe, spareIm) = (new double[plan.Room], new double[plan.Room]);
        }

        public void Run(double[] re, double[] im) => plan.Run(re, im, spareRe, spareIm);
    }

    /// <summary>The rows along an axis of a source of any strides and of a contiguous target.</summary>
    private readonly ref struct Rows
    {
        private readonly NdArray source, target;
        private readonly int axis, inner;

        public Rows(in NdArray source, in NdArray target, int axis)
        {
            this.source = source.IsContiguous ? source : ArrayCopy.Contiguous(source);
            this.target = target;
            this.axis = axis;
            inner = Shape.Product(source.Dims.AsSpan(axis + 1));
            Count = Shape.Product(source.Dims.AsSpan(0, axis)) * inner;
        }

        public int Count { get; }

        public void Read(int row, double[] re, double[]? im, int count)
        {
            int at = (row / inner * source.Dims[axis] * inner) + (row % inner);
            if (source.DType.PartType() == DType.Float32) Read<float>(MemoryMarshal.Cast<byte, float>(source.Storage.Bytes), at, re, im, count);
            else Read<double>(MemoryMarshal.Cast<byte, double>(source.Storage.Bytes), at, re, im, count);
        }

        private void Read<T>(ReadOnlySpan<T> elements, int at, double[] re, double[]? im, int count)
            where T : unmanaged, System.Numerics.INumber<T>
        {
            at += source.Offset;
            for (int i = 0; i < count; i++, at += inner)
            {
                re[i] = double.CreateTruncating(elements[im is null ? at : 2 * at]);
                if (im is not null) im[i] = double.CreateTruncating(elements[(2 * at) + 1]);
            }
        }

        public void Write(int row, double[] re, double[]? im, int count, double scale)
        {
            int at = (row / inner * target.Dims[axis] * inner) + (row % inner);
            if (target.DType.PartType() == DType.Float32) Write(MemoryMarshal.Cast<byte, float>(target.Storage.Bytes), at, re, im, count, scale);
            else Write(MemoryMarshal.Cast<byte, double>(target.Storage.Bytes), at, re, im, count, scale);
        }

        private void Write<T>(Span<T> elements, int at, double[] re, double[]? im, int count, double scale)
            where T : unmanaged, System.Numerics.INumber<T>
        {
            for (int i = 0; i < count; i++, at += inner)
            {
                elements[im is null ? at : 2 * at] = T.CreateTruncating(re[i] * scale);
                if (im is not null) elements[(2 * at) + 1] = T.CreateTruncating(im[i] * scale);
            }
        }
    }
}
