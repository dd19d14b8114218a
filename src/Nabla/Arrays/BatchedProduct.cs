namespace Nabla;

/// <summary>
/// Matrix products of arrays: takes any strides, broadcasts leading axes, and knows the element types. Small integers are
/// multiplied as int64 and wrap when they are stored.
/// </summary>
internal static unsafe class BatchedProduct
{
    /// <summary>[…, m, k] · […, k, n] for operands of at least two axes, whose inner lengths agree.</summary>
    public static NdArray Of(in NdArray a, in NdArray b)
    {
        int m = a.Dims[^2], k = a.Dims[^1], n = b.Dims[^1];
        if (a.Rank == 2 && b.Rank == 2)
            return Single(a, a.Strides[0], a.Strides[1], b, b.Strides[0], b.Strides[1], NdArray.Allocate(Shape.Lengths(m, n), a.DType), m, n, k, n);

        int[] batchA = a.Dims[..^2], batchB = b.Dims[..^2];
        int[] batch = Broadcasting.Shapes("MatMul", batchA, batchB);
        NdArray result = NdArray.Allocate([.. batch, m, n], a.DType);
        if (result.Numel == 0) return result;
        if (b.Rank == 2 && a.IsContiguous)
        {
            // A batch of matrices times one matrix is one product of all their rows.
            int rows = Shape.Product(a.Dims) / Math.Max(k, 1);
            return Single(a, k, 1, b, b.Strides[0], b.Strides[1], result, k == 0 ? result.Numel / n : rows, n, k, n);
        }
        int[] stepsA = Broadcasting.Strides(a.View(batchA, a.Strides[..^2], 0), batch);
        int[] stepsB = Broadcasting.Strides(b.View(batchB, b.Strides[..^2], 0), batch);
        long multiplications = Math.Max(1, (long)m * n * k);
        var items = new Items(a, b, result, batch, stepsA, stepsB);

        // Large products are split themselves.
        if (multiplications >= 8 * MatrixProduct.Grain) items.Run(0, Shape.Product(batch));
        else WorkSplit.Run(Shape.Product(batch), Math.Max(1, MatrixProduct.Grain / multiplications), 1, items);
        return result;
    }

    /// <summary>[m, k] · [n, k]ᵀ.</summary>
    public static NdArray WithTransposed(in NdArray a, in NdArray b)
    {
        int m = a.Dims[0], k = a.Dims[1], n = b.Dims[0];
        return Single(a, a.Strides[0], a.Strides[1], b, b.Strides[1], b.Strides[0], NdArray.Allocate(Shape.Lengths(m, n), a.DType), m, n, k, n);
    }

    /// <summary>[k, m]ᵀ · [k, n].</summary>
    public static NdArray TransposedWith(in NdArray a, in NdArray b)
    {
        int m = a.Dims[1], k = a.Dims[0], n = b.Dims[1];
        return Single(a, a.Strides[1], a.Strides[0], b, b.Strides[0], b.Strides[1], NdArray.Allocate(Shape.Lengths(m, n), a.DType), m, n, k, n);
    }

    /// <summary>x·Wᵀ + b for […, k], [n, k] and [n], of one floating-point type.</summary>
    public static NdArray Affine(in NdArray x, in NdArray weight, in NdArray bias)
    {
        int k = weight.Dims[1], n = weight.Dims[0], rows = Shape.Product(x.Dims.AsSpan(0, x.Rank - 1));
        NdArray left = x.Rank <= 2 || x.IsContiguous ? x : ArrayCopy.Contiguous(x);
        NdArray row = bias.IsContiguous ? bias : ArrayCopy.Contiguous(bias);
        NdArray result = NdArray.Allocate([.. x.Dims.AsSpan(0, x.Rank - 1), n], x.DType);
        int leftRow = x.Rank == 2 ? x.Strides[0] : k;
        fixed (byte* a = left.Storage, b = weight.Storage, c = result.Storage, d = row.Storage)
        {
            if (x.DType == DType.Float32)
            {
                MatrixProduct.MultiplyAdd(
                    rows, n, k, (float*)a + left.Offset, leftRow, left.Strides[^1], (float*)b + weight.Offset, weight.Strides[1], weight.Strides[0],
                    (float*)c + result.Offset, n, (float*)d + row.Offset, 0);
            }
            else
            {
                MatrixProduct.MultiplyAdd(
                    rows, n, k, (double*)a + left.Offset, leftRow, left.Strides[^1], (double*)b + weight.Offset, weight.Strides[1], weight.Strides[0],
                    (double*)c + result.Offset, n, (double*)d + row.Offset, 0);
            }
        }
        return result;
    }

    /// <summary>Some of the products of a batch, one after another.</summary>
    private readonly struct Items(NdArray a, NdArray b, NdArray c, int[] batch, int[] stepsA, int[] stepsB) : IRangeWork
    {
        public void Run(long from, long to)
        {
            int m = a.Dims[^2], k = a.Dims[^1], n = b.Dims[^1];
            int[] index = new int[batch.Length];
            int offsetA = a.Offset, offsetB = b.Offset;
            for (int axis = batch.Length - 1, rest = (int)from; axis >= 0; rest /= batch[axis--])
            {
                index[axis] = rest % batch[axis];
                offsetA += stepsA[axis] * index[axis];
                offsetB += stepsB[axis] * index[axis];
            }

            bool isNarrow = NarrowProducts.Takes(c.DType, m, n, k, b.Strides[^1]);
            for (int i = (int)from; i < to; i++)
            {
                if (!isNarrow || !NarrowProducts.TryMultiply(a, offsetA, b, offsetB, c, i * m * n, (int)to * m * n))
                {
                    Single(
                        a.View(a.Dims, a.Strides, offsetA), a.Strides[^2], a.Strides[^1], b.View(b.Dims, b.Strides, offsetB), b.Strides[^2], b.Strides[^1],
                        c.View(c.Dims, c.Strides, c.Offset + i * m * n), m, n, k, n);
                }
                for (int axis = batch.Length - 1; axis >= 0; axis--)
                {
                    offsetA += stepsA[axis];
                    offsetB += stepsB[axis];
                    if (++index[axis] < batch[axis]) break;
                    offsetA -= stepsA[axis] * batch[axis];
                    offsetB -= stepsB[axis] * batch[axis];
                    index[axis] = 0;
                }
            }
        }
    }

    /// <summary>One product [m, k] · [k, n] into an array with contiguous rows, which is returned.</summary>
    public static NdArray Single(
        in NdArray a, int aRow, int aCol, in NdArray b, int bRow, int bCol, in NdArray c, int m, int n, int k, int cRow)
    {
        fixed (byte* x = a.Storage, y = b.Storage, z = c.Storage)
        {
            switch (c.DType)
            {
                case DType.Float32:
                    MatrixProduct.Multiply(m, n, k, (float*)x + a.Offset, aRow, aCol, (float*)y + b.Offset, bRow, bCol, (float*)z + c.Offset, cRow);
                    break;
                case DType.Float64:
                    MatrixProduct.Multiply(m, n, k, (double*)x + a.Offset, aRow, aCol, (double*)y + b.Offset, bRow, bCol, (double*)z + c.Offset, cRow);
                    break;
                case DType.Int64:
                    MatrixProduct.MultiplyLong(m, n, k, (long*)x + a.Offset, aRow, aCol, (long*)y + b.Offset, bRow, bCol, (long*)z + c.Offset, cRow);
                    break;
                default:
                    NdArray wide = NdArray.Allocate([m, n], DType.Int64);
                    NdArray left = ArrayCopy.To(a.View([m, k], [aRow, aCol], a.Offset), DType.Int64);
                    NdArray right = ArrayCopy.To(b.View([k, n], [bRow, bCol], b.Offset), DType.Int64);
                    Single(left, k, 1, right, n, 1, wide, m, n, k, n);
                    ArrayCopy.Into(wide, c.View([m, n], [cRow, 1], c.Offset));
                    break;
            }
        }
        return c;
    }
}
