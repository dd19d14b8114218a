namespace Nabla;

public static partial class Functional
{
    // ---- sparse Jacobians and Hessians ----------------------------------------------------------------------------------

    /// <summary>The Jacobian of a function whose result depends, element by element, on few elements of its argument.</summary>
    /// <remarks>
    /// Columns (forward) or rows (reverse) that have no common entry share one product; all products are computed in one batched
    /// sweep. Where the Jacobian is wanted at several points, make the <see cref="JacobianCompression"/> once.
    /// </remarks>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="pattern">
    /// Which elements may differ from zero, the elements of result and x in row-major order; by default detected by
    /// <see cref="SparsityPattern.Detect"/>, which costs more than a dense Jacobian.
    /// </param>
    /// <param name="mode">By columns or by rows; by default what needs fewer products.</param>
    /// <param name="check">Whether one more product, with a random direction, must agree: it shows if the pattern misses an entry.</param>
    /// <param name="createGraph">Whether the values can be differentiated again; by default where something around them wants that.</param>
    /// <returns>A row for each element of the result, a column for each element of x.</returns>
    /// <exception cref="ShapeException">The pattern has another size than the Jacobian.</exception>
    /// <exception cref="AutogradException"><paramref name="check"/>, and the pattern misses an entry; the text names the row or column.</exception>
    public static SparseMatrix SparseJacobian(
        Func<Tensor, Tensor> function, Tensor x, SparsityPattern? pattern = null, JacobianMode mode = JacobianMode.Auto, bool check = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        return SparseJacobian(function, x, JacobianCompression.Of(pattern ?? SparsityPattern.Detect(function, x), mode), check, createGraph);
    }

    /// <summary>The Jacobian of a function by a compression that was made before.</summary>
    /// <inheritdoc cref="SparseJacobian(Func{Tensor, Tensor}, Tensor, SparsityPattern, JacobianMode, bool, bool?)"/>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="compression">Of the pattern of the Jacobian.</param>
    /// <param name="check">Whether one more product, with a random direction, must agree: it shows if the pattern misses an entry.</param>
    /// <param name="createGraph">Whether the values can be differentiated again; by default where something around them wants that.</param>
    public static SparseMatrix SparseJacobian(Func<Tensor, Tensor> function, Tensor x, JacobianCompression compression, bool check = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(compression);
        const string op = "Functional.SparseJacobian";
        bool record = Differentiation.Records(createGraph, [x]);
        SparsityPattern pattern = compression.Pattern;
        if (compression.Mode == JacobianMode.Forward)
        {
            if (pattern.Columns != x.Numel) throw TransformErrors.PatternColumns(op, pattern, x.Shape);
            return Recovered(op, compression, WithProbe(compression.Seeds(x.DType), check), seeds => PushMany(op, xs => [function(xs[0])], x, seeds, pattern.Rows, record));
        }
        using IDisposable scope = Differentiation.Enter();
        Tensor[] variables = Differentiation.Variables(op, [x], connected: record);
        Tensor output = Differentiation.Call(op, xs => function(xs[0]), variables);
        RefuseComplex(op, [output, x]);
        if ((pattern.Rows, pattern.Columns) != (output.Numel, x.Numel)) throw TransformErrors.PatternOfJacobian(op, pattern, output.Shape, x.Shape);
        return Recovered(op, compression, WithProbe(compression.Seeds(output.DType), check), seeds => PullMany(op, output, variables, seeds, record));
    }

    /// <summary>The Hessian of a function whose variables interact with few others.</summary>
    /// <remarks>Products of the Hessian with directions, forward over reverse, all in one batched sweep; symmetry makes them fewer still.</remarks>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="pattern">Which elements may differ from zero: symmetric, with the diagonal; by default detected by <see cref="SparsityPattern.DetectHessian"/>.</param>
    /// <param name="check">Whether one more product, with a random direction, must agree: it shows if the pattern misses an entry.</param>
    /// <param name="createGraph">Whether the values can be differentiated again; by default where something around them wants that.</param>
    /// <returns>A row and a column for each element of x.</returns>
    /// <exception cref="ArgumentException">The pattern is not symmetric, or misses an element of the diagonal.</exception>
    /// <exception cref="ShapeException">The pattern has another size than the Hessian, or the function returns more than one element.</exception>
    /// <exception cref="AutogradException"><paramref name="check"/>, and the pattern misses an entry.</exception>
    public static SparseMatrix SparseHessian(Func<Tensor, Tensor> function, Tensor x, SparsityPattern? pattern = null, bool check = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        return SparseHessian(function, x, JacobianCompression.OfHessian(pattern ?? SparsityPattern.DetectHessian(function, x)), check, createGraph);
    }

    /// <summary>The Hessian of a function by a compression that was made before.</summary>
    /// <inheritdoc cref="SparseHessian(Func{Tensor, Tensor}, Tensor, SparsityPattern, bool, bool?)"/>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="compression">Of the pattern of the Hessian, by <see cref="JacobianCompression.OfHessian"/>.</param>
    /// <param name="check">Whether one more product, with a random direction, must agree: it shows if the pattern misses an entry.</param>
    /// <param name="createGraph">Whether the values can be differentiated again; by default where something around them wants that.</param>
    public static SparseMatrix SparseHessian(Func<Tensor, Tensor> function, Tensor x, JacobianCompression compression, bool check = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(compression);
        const string op = "Functional.SparseHessian";
        if (!compression.IsSymmetric) throw TransformErrors.CompressionOfJacobian(op);
        if (compression.Pattern.Columns != x.Numel) throw TransformErrors.PatternColumns(op, compression.Pattern, x.Shape);
        bool record = Differentiation.Records(createGraph, [x]);
        return Recovered(op, compression, WithProbe(compression.Seeds(x.DType), check), seeds =>
            PushMany(op, xs => Gradients(op, at => function(at[0]), xs, createGraph: record, strict: false).Gradients, x, seeds, x.Numel, record));
    }

    /// <summary>The entries of a Jacobian that are not zero, part by part; first (-1, -1) with the number of rows.</summary>
    internal static IEnumerable<(int Row, int Column, int Rows)> JacobianParts(string op, Func<Tensor, Tensor> function, Tensor x)
    {
        using IDisposable scope = Differentiation.Enter();
        Tensor[] variables = Differentiation.Variables(op, [x], connected: false);
        Tensor output = Differentiation.Call(op, xs => function(xs[0]), variables);
        int rows = output.Numel, columns = x.Numel;
        yield return (-1, -1, rows);
        bool forward = columns < rows;
        int done = 0;
        foreach (Tensor units in UnitVectors(forward ? x : output, widest: [output, x]))
        {
            Tensor flat = units.Reshape(units.Dims[0], -1);
            double[] part = (forward ? PushMany(op, xs => [function(xs[0])], x, flat, rows, record: false) : PullMany(op, output, variables, flat, record: false)).ToArray();
            int length = forward ? rows : columns;
            for (int k = 0; k < part.Length; k++)
                if (part[k] != 0) yield return forward ? (k % length, done + (k / length), rows) : (done + (k / length), k % length, rows);
            done += units.Dims[0];
        }
    }

    /// <summary>Products of a Jacobian with directions, [directions, columns] to [directions, rows].</summary>
    private static Tensor PushMany(
        string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Tensor x, Tensor seeds, int rows, bool record)
    {
        RefuseComplex(op, [x]);
        using IDisposable recording = Autograd.SetGradEnabled(record);
        int count = seeds.Dims[0];
        using var scope = new VmapScope(op, count, VmapRandomness.Same);
        Tensor directions = BatchMode.Wrap(scope.Level, seeds.Reshape([count, .. x.Shape]));
        (Tensor[] values, Tensor?[] tangents) = Differentiation.Push(op, function, [x], [directions]);
        RefuseComplex(op, values);
        if (values[0].Numel != rows) throw TransformErrors.PatternRows(op, rows, x.Numel, values[0].Shape);
        return Stacked(tangents[0] ?? Differentiation.ZerosLike(values[0]), scope, count).Reshape(count, rows);
    }

    /// <summary>Products of directions with a Jacobian, [directions, rows] to [directions, columns].</summary>
    private static Tensor PullMany(string op, Tensor output, Tensor[] variables, Tensor seeds, bool record)
    {
        int count = seeds.Dims[0];
        using var scope = new VmapScope(op, count, VmapRandomness.Same);
        Tensor directions = BatchMode.Wrap(scope.Level, seeds.Reshape([count, .. output.Shape]));
        Tensor?[] gradients = Differentiation.Pull([output], variables, [directions], retainGraph: true, record, op);
        using IDisposable recording = Autograd.SetGradEnabled(record);
        return Stacked(gradients[0] ?? Differentiation.ZerosLike(variables[0]), scope, count).Reshape(count, variables[0].Numel);
    }

    // The random direction of the check is the last one, so that it costs no sweep of its own.
    private static Tensor WithProbe(Tensor seeds, bool check) =>
        check ? Tensor.Cat([seeds, Tensor.RandN([1, seeds.Dims[1]], seeds.DType, generator: new Generator(1))]) : seeds;

    private static SparseMatrix Recovered(string op, JacobianCompression compression, Tensor seeds, Func<Tensor, Tensor> multiply)
    {
        int count = compression.Count;
        bool forward = compression.Mode == JacobianMode.Forward;
        if (seeds.Dims[0] == 0) return compression.Recover(Tensor.Zeros([0, forward ? compression.Pattern.Rows : compression.Pattern.Columns], seeds.DType));
        Tensor products = multiply(seeds);
        SparseMatrix matrix = compression.Recover(products.Narrow(0, 0, count));
        if (seeds.Dims[0] == count) return matrix;

        SparseMatrix acting = forward ? matrix : matrix.Transposed();
        Tensor direction = seeds.Detach().Select(0, count);
        double[] given = products.Detach().Select(0, count).ToArray(), found = acting.MatMul(direction).Detach().ToArray();
        double[] size = new SparseMatrix(acting.Pattern, acting.Values.Detach().Abs()).MatMul(direction.Abs()).ToArray();
        double tolerance = seeds.DType == DType.Float64 ? 1e-9 : 1e-3;
        for (int i = 0; i < given.Length; i++)
            if (!(Math.Abs(given[i] - found[i]) <= tolerance * Math.Max(1e-12, size[i] + Math.Abs(given[i])))) throw TransformErrors.PatternMisses(op, forward, i, given[i], found[i]);
        return matrix;
    }
}
