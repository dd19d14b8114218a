using System.Globalization;

namespace Nabla;

/// <summary>
/// How few products give a whole sparse Jacobian or Hessian: the directions to multiply with, and how its entries are read from
/// the products. It does not say how the products are computed. Immutable: made once for a pattern and used at every point.
/// </summary>
public sealed class JacobianCompression
{
    private readonly int[] colours;
    private readonly Lazy<Tensor> positions;

    private JacobianCompression(SparsityPattern pattern, JacobianMode mode, bool isSymmetric, int[] colours)
    {
        (Pattern, Mode, IsSymmetric, this.colours) = (pattern, mode, isSymmetric, colours);
        Count = PatternColouring.Count(colours);
        positions = new Lazy<Tensor>(() => Tensor.FromSpan<long>(isSymmetric ? SymmetricPositions() : Positions()));
    }

    /// <summary>Which elements may differ from zero.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>Whether the products are those of the matrix with directions (forward), or of directions with the matrix (reverse).</summary>
    public JacobianMode Mode { get; }

    /// <summary>Whether the matrix is its own transpose, so that an entry may be read in either of its two places.</summary>
    public bool IsSymmetric { get; }

    /// <summary>How many products are needed: the number of colours.</summary>
    public int Count { get; }

    /// <summary>The colour of each column, or row in reverse mode: those of one colour share a product.</summary>
    public ReadOnlySpan<int> Colours => colours;

    /// <summary>The compression of a Jacobian by columns (forward) or rows (reverse).</summary>
    /// <param name="pattern">Which elements may differ from zero.</param>
    /// <param name="mode">By default what needs fewer products; a product in reverse counts as two forward.</param>
    public static JacobianCompression Of(SparsityPattern pattern, JacobianMode mode = JacobianMode.Auto)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        JacobianCompression? columns = mode == JacobianMode.Reverse ? null : new(pattern, JacobianMode.Forward, false, PatternColouring.OfColumns(pattern));
        JacobianCompression? rows = mode == JacobianMode.Forward ? null : new(pattern, JacobianMode.Reverse, false, PatternColouring.OfColumns(pattern.Transposed()));
        return rows is null || (columns is not null && columns.Count <= 2 * rows.Count) ? columns! : rows;
    }

    /// <summary>The compression of a Hessian, whose symmetry saves products.</summary>
    /// <param name="pattern">Which elements may differ from zero: symmetric, with the diagonal.</param>
    /// <exception cref="ArgumentException">The pattern is not symmetric, or an element of its diagonal is missing.</exception>
    public static JacobianCompression OfHessian(SparsityPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (pattern.Rows != pattern.Columns) throw TransformErrors.PatternNotSquare(pattern);
        for (int i = 0; i < pattern.Rows; i++)
        {
            if (!pattern.Contains(i, i)) throw TransformErrors.PatternWithoutDiagonal(i);
            foreach (int j in pattern.Row(i))
                if (!pattern.Contains(j, i)) throw TransformErrors.PatternNotSymmetric(i, j);
        }
        return new JacobianCompression(pattern, JacobianMode.Forward, true, PatternColouring.Star(pattern));
    }

    /// <summary>The directions: for each colour ones at its columns (rows in reverse mode) and zeros elsewhere.</summary>
    /// <param name="dtype">The type of the direction: that of the argument, in reverse mode that of the result.</param>
    /// <returns>[<see cref="Count"/>, columns], or [<see cref="Count"/>, rows] in reverse mode.</returns>
    public Tensor Seeds(DType dtype)
    {
        NdArray seeds = NdArray.Zeros([Count, colours.Length], dtype);
        for (int j = 0; j < colours.Length; j++) seeds.SetDouble((colours[j] * colours.Length) + j, 1);
        return new Tensor(seeds);
    }

    /// <summary>The matrix from its products with the directions.</summary>
    /// <param name="products">[<see cref="Count"/>, rows], or [<see cref="Count"/>, columns] in reverse mode: one product for each direction.</param>
    /// <exception cref="ShapeException">The products have another shape.</exception>
    public SparseMatrix Recover(Tensor products)
    {
        ArgumentNullException.ThrowIfNull(products);
        int length = Mode == JacobianMode.Forward ? Pattern.Rows : Pattern.Columns;
        if (products.Rank != 2 || products.Shape[0] != Count || products.Shape[1] != length) throw TransformErrors.ProductsShape(products.Shape, Count, length);
        return new SparseMatrix(Pattern, products.Reshape(-1).IndexSelect(0, positions.Value));
    }

    /// <summary>The pattern, and how many products it takes: <c>9 × 9, 25 entries, by 3 products in forward mode</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pattern}, by {Count} products in {(Mode == JacobianMode.Forward ? "forward" : "reverse")} mode");

    // Where in the products, row by row, each entry is.
    private long[] Positions()
    {
        var found = new long[Pattern.Count];
        for (int i = 0, at = 0; i < Pattern.Rows; i++)
            foreach (int j in Pattern.Row(i))
                found[at++] = Mode == JacobianMode.Forward ? ((long)colours[j] * Pattern.Rows) + i : ((long)colours[i] * Pattern.Columns) + j;
        return found;
    }

    // Element (i, j) is alone in row i of the product of j's colour, or by symmetry in row j of that of i's.
    private long[] SymmetricPositions()
    {
        int n = Pattern.Rows;
        var found = new long[Pattern.Count];
        var seen = new int[Count];
        for (int i = 0, at = 0; i < n; i++)
        {
            Array.Clear(seen);
            foreach (int j in Pattern.Row(i)) seen[colours[j]]++;
            foreach (int j in Pattern.Row(i)) found[at++] = seen[colours[j]] == 1 ? ((long)colours[j] * n) + i : ((long)colours[i] * n) + j;
        }
        return found;
    }
}
