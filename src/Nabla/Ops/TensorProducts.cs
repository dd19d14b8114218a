namespace Nabla;

// Products of tensors made of matrix products and elementwise ones.
public sealed partial class Tensor
{
    // ---- contractions -------------------------------------------------------------------------------------------------

    /// <summary>Contracts the last <paramref name="axes"/> axes of this tensor with the first of another.</summary>
    /// <param name="other">The right factor.</param>
    /// <param name="axes">How many axes; 0 gives the tensor product.</param>
    /// <exception cref="ShapeException">A contracted length differs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many axes.</exception>
    [Op(OpKind.Composite, Shapes = "[…i, …k] · […k, …j] → […i, …j]", DTypes = "equal; not bool")]
    public Tensor TensorDot(Tensor other, int axes = 2)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (axes < 0 || axes > Rank || axes > other.Rank)
            throw new ArgumentOutOfRangeException(nameof(axes), axes, $"TensorDot: {axes} axes cannot be contracted: x is {Shape}, y is {other.Shape}. Name no more axes than either has.");
        var left = new Axis[axes];
        var right = new Axis[axes];
        for (int i = 0; i < axes; i++) (left[i], right[i]) = (Rank - axes + i, i);
        return TensorDot(other, Axes.Create(left), Axes.Create(right));
    }

    /// <summary>Contracts named axes: the i-th of <paramref name="left"/> in this tensor with the i-th of <paramref name="right"/> in the other.</summary>
    /// <param name="other">The right factor.</param>
    /// <param name="left">Axes of this tensor.</param>
    /// <param name="right">Axes of the other, as many.</param>
    /// <exception cref="ShapeException">A contracted length differs.</exception>
    /// <exception cref="ArgumentException">Not as many axes on both sides, or one twice.</exception>
    public Tensor TensorDot(Tensor other, Axes left, Axes right)
    {
        ArgumentNullException.ThrowIfNull(other);
        int[] ours = left.ResolveInOrder(Rank, "TensorDot"), theirs = right.ResolveInOrder(other.Rank, "TensorDot");
        if (ours.Length != theirs.Length)
            throw new ArgumentException($"TensorDot: {ours.Length} axes of x and {theirs.Length} axes of y are named. Name as many of both.");
        int k = 1;
        for (int i = 0; i < ours.Length; i++)
        {
            if (Dims[ours[i]] != other.Dims[theirs[i]])
                throw new ShapeException($"TensorDot: axis {ours[i]} of x {Shape} and axis {theirs[i]} of y {other.Shape} differ in length. Contracted lengths must be equal.");
            k *= Dims[ours[i]];
        }
        int[] freeLeft = AxesWithout(Rank, ours), freeRight = AxesWithout(other.Rank, theirs);
        var lengths = new int[freeLeft.Length + freeRight.Length];
        int m = 1, n = 1, at = 0;
        foreach (int axis in freeLeft) m *= lengths[at++] = Dims[axis];
        foreach (int axis in freeRight) n *= lengths[at++] = other.Dims[axis];
        Tensor x = PermuteTo([.. freeLeft, .. ours]).Reshape(m, k), y = other.PermuteTo([.. theirs, .. freeRight]).Reshape(k, n);
        return x.MatMul(y).Reshape(lengths);
    }

    /// <summary>The Kronecker product: every element of the left times the whole right tensor, laid side by side.</summary>
    /// <param name="other">The right factor; missing leading axes count as 1.</param>
    [Op(OpKind.Composite, Shapes = "[m, n] ⊗ [p, q] → [m·p, n·q]")]
    public Tensor Kron(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int rank = Math.Max(Rank, other.Rank);
        int[] left = new int[2 * rank], right = new int[2 * rank], result = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int a = i - rank + Rank, b = i - rank + other.Rank;
            left[2 * i] = a < 0 ? 1 : Dims[a];
            right[(2 * i) + 1] = b < 0 ? 1 : other.Dims[b];
            (left[(2 * i) + 1], right[2 * i]) = (1, 1);
            result[i] = left[2 * i] * right[(2 * i) + 1];
        }
        return (Reshape(left) * other.Reshape(right)).Reshape(result);
    }

    /// <summary>The vector product of 3-vectors along an axis; the other axes broadcast.</summary>
    /// <param name="other">The right factor.</param>
    /// <param name="axis">The axis of length 3; the last by default.</param>
    /// <exception cref="ShapeException">The axis has not length 3, or the shapes do not broadcast.</exception>
    [Op(OpKind.Composite, Shapes = "[…, 3, …] × […, 3, …] → […, 3, …]")]
    public Tensor Cross(Tensor other, Axis? axis = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        int[] dims = Broadcasting.Shapes("Cross", Dims, other.Dims);
        if (dims.Length == 0) throw new ShapeException("Cross: needs an axis of length 3, both factors are scalars.");
        int at = (axis ?? ^1).Resolve(dims.Length, "Cross");
        Tensor x = Expand(dims), y = other.Expand(dims);
        if (dims[at] != 3 || Dims[^(dims.Length - at)] != 3 || other.Dims[^(dims.Length - at)] != 3)
            throw new ShapeException($"Cross: axis {at} must have length 3: x is {Shape}, y is {other.Shape}. Name the axis of the vectors.");
        Tensor[] a = [x.Select(at, 0), x.Select(at, 1), x.Select(at, 2)], b = [y.Select(at, 0), y.Select(at, 1), y.Select(at, 2)];
        return Stack([(a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0])], at);
    }

    // ---- products with a sum ------------------------------------------------------------------------------------------

    /// <summary>beta · this + alpha · (matrix1 · matrix2); this tensor broadcasts to the product.</summary>
    /// <param name="matrix1">[m, k].</param>
    /// <param name="matrix2">[k, n].</param>
    /// <param name="beta">The factor of this tensor; with 0 it is left out, NaN and infinities too.</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <inheritdoc cref="MatMul" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "[m, n] + [m, k] · [k, n] → [m, n]", DTypes = "equal; not bool")]
    public Tensor Addmm(Tensor matrix1, Tensor matrix2, double beta = 1, double alpha = 1) => AddProduct(matrix1.Mm(matrix2), beta, alpha);

    /// <summary>beta · this + alpha · (matrix · vector).</summary>
    /// <param name="matrix">[m, k].</param>
    /// <param name="vector">[k].</param>
    /// <param name="beta">The factor of this tensor; with 0 it is left out, NaN and infinities too.</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <inheritdoc cref="MatMul" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "[m] + [m, k] · [k] → [m]", DTypes = "equal; not bool")]
    public Tensor Addmv(Tensor matrix, Tensor vector, double beta = 1, double alpha = 1) => AddProduct(matrix.Mv(vector), beta, alpha);

    /// <summary>beta · this + alpha · (batch1 · batch2), matrix by matrix.</summary>
    /// <param name="batch1">[b, m, k].</param>
    /// <param name="batch2">[b, k, n].</param>
    /// <param name="beta">The factor of this tensor; with 0 it is left out, NaN and infinities too.</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <inheritdoc cref="MatMul" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "[b, m, n] + [b, m, k] · [b, k, n] → [b, m, n]", DTypes = "equal; not bool")]
    public Tensor Baddbmm(Tensor batch1, Tensor batch2, double beta = 1, double alpha = 1) => AddProduct(batch1.Bmm(batch2), beta, alpha);

    /// <summary>beta · this + alpha · (vector1 ⊗ vector2).</summary>
    /// <param name="vector1">[m].</param>
    /// <param name="vector2">[n].</param>
    /// <param name="beta">The factor of this tensor; with 0 it is left out, NaN and infinities too.</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <exception cref="ShapeException">Not two vectors, or this tensor does not broadcast to their product.</exception>
    [Op(OpKind.Composite, Shapes = "[m, n] + [m] ⊗ [n] → [m, n]")]
    public Tensor Addr(Tensor vector1, Tensor vector2, double beta = 1, double alpha = 1) => AddProduct(vector1.Outer(vector2), beta, alpha);

    private Tensor AddProduct(Tensor product, double beta, double alpha)
    {
        if (alpha != 1) product = Scaled(product, alpha);
        return beta == 0 ? product : (beta == 1 ? this : Scaled(this, beta)).Expand(product.Shape) + product;
    }

    /// <summary>Whole factors leave integers integers.</summary>
    private static Tensor Scaled(Tensor x, double factor) => double.IsInteger(factor) && !x.DType.IsFloatingPoint() ? x * (long)factor : x * factor;

    // ---- orders of axes -----------------------------------------------------------------------------------------------

    /// <summary>Permutes, unless the axes are in order already.</summary>
    private Tensor PermuteTo(ReadOnlySpan<int> order)
    {
        var axes = new Axis[order.Length];
        bool same = true;
        for (int i = 0; i < axes.Length; i++)
        {
            axes[i] = order[i];
            same &= order[i] == i;
        }
        return same ? this : Permute(axes);
    }

    private static int[] AxesWithout(int rank, int[] removed)
    {
        var rest = new List<int>(rank);
        for (int i = 0; i < rank; i++)
            if (Array.IndexOf(removed, i) < 0) rest.Add(i);
        return [.. rest];
    }
}
