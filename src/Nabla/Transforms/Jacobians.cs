namespace Nabla;

/// <summary>How a Jacobian is computed.</summary>
public enum JacobianMode
{
    /// <summary>Reverse mode if the output has no more elements than the inputs, else forward mode.</summary>
    Auto,

    /// <summary>Row by row: a gradient for each element of the output, computed together.</summary>
    Reverse,

    /// <summary>Column by column: a tangent for each element of the inputs, computed together.</summary>
    Forward,
}

public static partial class Functional
{
    /// <summary>All partial derivatives of a function.</summary>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="mode">Row by row or column by column; by default what takes fewer passes.</param>
    /// <param name="strict">Throw if the function does not depend on x at all, instead of returning zeros.</param>
    /// <param name="createGraph">Whether the result can be differentiated again; by default where something around it wants that.</param>
    /// <returns>∂fᵢ/∂xⱼ at [i…, j…]: the shape of the output followed by that of x, of x's dtype.</returns>
    /// <remarks>A function that draws random numbers is given the same in every sweep: the Jacobian is that of one draw.</remarks>
    /// <exception cref="DTypeException">x is not floating point.</exception>
    /// <exception cref="AutogradException"><paramref name="strict"/>, and the function does not depend on x.</exception>
    public static Tensor Jacobian(Func<Tensor, Tensor> function, Tensor x, JacobianMode mode = JacobianMode.Auto, bool strict = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Jacobian(xs => function(xs[0]), [x], mode, strict, createGraph)[0];
    }

    /// <summary>All partial derivatives of a function of two tensors.</summary>
    /// <inheritdoc cref="Jacobian(Func{Tensor, Tensor}, Tensor, JacobianMode, bool, bool?)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="mode">Row by row or column by column; by default what takes fewer passes.</param>
    /// <param name="strict">Throw if the function does not depend on an argument at all, instead of returning zeros.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    public static (Tensor X, Tensor Y) Jacobian(
        Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, JacobianMode mode = JacobianMode.Auto, bool strict = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        Tensor[] jacobians = Jacobian(xs => function(xs[0], xs[1]), [x, y], mode, strict, createGraph);
        return (jacobians[0], jacobians[1]);
    }

    /// <summary>All partial derivatives of a function of any number of tensors: a Jacobian for each of them.</summary>
    /// <inheritdoc cref="Jacobian(Func{Tensor, Tensor}, Tensor, JacobianMode, bool, bool?)"/>
    /// <param name="function">From a list of tensors to one.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="mode">Row by row or column by column; by default what takes fewer passes.</param>
    /// <param name="strict">Throw if the function does not depend on an argument at all, instead of returning zeros.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Tensor[] Jacobian(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, JacobianMode mode = JacobianMode.Auto, bool strict = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        return Jacobians("Functional.Jacobian", xs => [function(xs)], inputs, mode, strict, createGraph)[0];
    }

    /// <summary>At [k][j] the Jacobian of result k by input j.</summary>
    private static Tensor[][] Jacobians(
        string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs, JacobianMode mode, bool strict, bool? createGraph)
    {
        bool record = Differentiation.Records(createGraph, inputs);
        var random = new DrawnGenerators();
        if (mode != JacobianMode.Forward)
        {
            using IDisposable scope = Differentiation.Enter();
            Tensor[] variables = Differentiation.Variables(op, inputs, connected: record);
            Tensor[] outputs = random.Run(() => Differentiation.CallMany(op, function, variables, StructureTensors.PlacesOf(inputs)));
            CheckResults(op, outputs);
            if (mode == JacobianMode.Reverse || Elements(outputs) <= Elements(variables))
                return Array.ConvertAll(outputs, output => Rows(op, output, variables, inputs, strict, record));
        }
        return Columns(op, function, inputs, strict, record, random);
    }

    private static long Elements(Tensor[] tensors)
    {
        long count = 0;
        foreach (Tensor tensor in tensors) count += tensor.Numel;
        return count;
    }

    private static void CheckResults(string op, Tensor[] outputs)
    {
        for (int k = 0; k < outputs.Length; k++)
            if (!outputs[k].DType.HasDerivatives()) throw TransformErrors.ResultNotFloatingPoint(op, k, outputs[k]);
        RefuseComplex(op, outputs);
    }

    /// <summary>All second partial derivatives of a function of one output.</summary>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="createGraph">Whether the result can be differentiated again; by default where something around it wants that.</param>
    /// <param name="mode">
    /// How the gradient is differentiated: in forward mode, which keeps no graph of it, or in reverse mode. By default forward, or
    /// reverse where the function contains a <see cref="Function"/> without a forward-mode rule.
    /// </param>
    /// <returns>∂²f/∂xᵢ∂xⱼ at [i…, j…]: the shape of x twice.</returns>
    /// <exception cref="ShapeException">The function returns more or less than one element.</exception>
    /// <exception cref="DTypeException">x is not floating point.</exception>
    public static Tensor Hessian(Func<Tensor, Tensor> function, Tensor x, bool? createGraph = null, JacobianMode mode = JacobianMode.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Hessian(xs => function(xs[0]), [x], createGraph, mode)[0][0];
    }

    /// <summary>All second partial derivatives of a function of two tensors.</summary>
    /// <inheritdoc cref="Hessian(Func{Tensor, Tensor}, Tensor, bool?, JacobianMode)"/>
    /// <param name="function">From two tensors to one element.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <param name="mode">How the gradients are differentiated; by default in forward mode where every operation has a rule for it.</param>
    /// <returns>The four blocks: <c>X.Y</c> is ∂²f/∂xᵢ∂yⱼ, the shape of x followed by that of y.</returns>
    public static ((Tensor X, Tensor Y) X, (Tensor X, Tensor Y) Y) Hessian(
        Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, bool? createGraph = null, JacobianMode mode = JacobianMode.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        Tensor[][] blocks = Hessian(xs => function(xs[0], xs[1]), [x, y], createGraph, mode);
        return ((blocks[0][0], blocks[0][1]), (blocks[1][0], blocks[1][1]));
    }

    /// <summary>All second partial derivatives of a function of any number of tensors.</summary>
    /// <inheritdoc cref="Hessian(Func{Tensor, Tensor}, Tensor, bool?, JacobianMode)"/>
    /// <param name="function">From a list of tensors to one element.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <param name="mode">How the gradients are differentiated; by default in forward mode where every operation has a rule for it.</param>
    /// <returns>At [i][j] the block of inputs i and j: the shape of input i followed by that of input j.</returns>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Tensor[][] Hessian(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool? createGraph = null, JacobianMode mode = JacobianMode.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        const string op = "Functional.Hessian";
        bool record = Differentiation.Records(createGraph, inputs);
        var random = new DrawnGenerators();
        if (mode != JacobianMode.Reverse)
        {
            try
            {
                _ = Differentiation.Variables(op, inputs, connected: false);
                return Columns(op, xs => Gradients(op, function, StructureTensors.InPlaceOf(inputs, xs), createGraph: record, strict: false).Gradients, inputs, strict: false, record, random);
            }
            catch (AutogradException error) when (mode == JacobianMode.Auto && error.Data.Contains(AutogradErrors.HasNoForwardRule))
            {
                // A function of the user's that only reverse mode can pass.
                random.Undo();
            }
        }
        using IDisposable scope = Differentiation.Enter();
        Tensor[] variables = Differentiation.Variables(op, inputs, connected: record);
        Tensor value = Differentiation.Call(op, function, variables, StructureTensors.PlacesOf(inputs));
        if (value.Numel != 1) throw TransformErrors.NotOneElement(op, value.Shape);
        Tensor[] gradients = Differentiation.Filled(Differentiation.Pull([value], variables, null, retainGraph: true, record: true, op), variables);
        return Array.ConvertAll(gradients, gradient => Rows(op, gradient, variables, inputs, strict: false, record));
    }

    // ---- many directions at once ------------------------------------------------------------------------------------

    // So many elements may the directions of one sweep have; more are done in several sweeps.
    private const int MostElements = 1 << 22;

    private static void RefuseComplex(string op, IReadOnlyList<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
            if (tensor.IsComplex) throw ComplexErrors.NeedsReal(op, tensor);
    }

    /// <summary>Reverse mode: the gradients of all elements of the output, many rows in one batched sweep.</summary>
    private static Tensor[] Rows(string op, Tensor output, Tensor[] variables, IReadOnlyList<Tensor> inputs, bool strict, bool record)
    {
        RefuseComplex(op, variables);
        int count = output.Numel;
        var rows = new List<Tensor>[variables.Length];
        for (int j = 0; j < rows.Length; j++) rows[j] = [];
        foreach (Tensor units in UnitVectors(output, widest: variables))
        {
            using var scope = new VmapScope(op, units.Dims[0], VmapRandomness.Same);
            Tensor?[] gradients = Differentiation.Pull([output], variables, [BatchMode.Wrap(scope.Level, units)], retainGraph: true, record, op);
            for (int j = 0; j < rows.Length; j++)
            {
                if (gradients[j] is { } gradient) rows[j].Add(Stacked(gradient, scope, units.Dims[0]));
                else if (strict) throw TransformErrors.Independent(op, inputs, j);
            }
        }
        var results = new Tensor[variables.Length];
        using IDisposable recording = Autograd.SetGradEnabled(record);
        for (int j = 0; j < results.Length; j++)
        {
            Shape shape = [.. output.Shape, .. variables[j].Shape];
            results[j] = count == 0 || rows[j].Count == 0 ? Tensor.Zeros(shape, variables[j].DType) : Joined(rows[j], isOnly: variables.Length == 1).Reshape(shape);
        }
        return results;
    }

    /// <summary>Forward mode: the tangents for all elements of an input, many columns in one batched sweep. At [k][j] that of output k by input j.</summary>
    private static Tensor[][] Columns(
        string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs, bool strict, bool record, DrawnGenerators random)
    {
        RefuseComplex(op, inputs);
        using IDisposable recording = Autograd.SetGradEnabled(record);
        Tensor[]? outputs = null;
        var columns = new List<Tensor[]>[inputs.Count];
        for (int j = 0; j < columns.Length; j++)
        {
            columns[j] = [];
            foreach (Tensor units in UnitVectors(inputs[j], widest: inputs))
            {
                using var scope = new VmapScope(op, units.Dims[0], VmapRandomness.Same);
                var tangents = new Tensor?[inputs.Count];
                tangents[j] = BatchMode.Wrap(scope.Level, units);
                (Tensor[] values, Tensor?[] results) = random.Run(() => Differentiation.Push(op, function, inputs, tangents));
                if (outputs is not null && outputs.Length != values.Length) throw TransformErrors.OtherCount(op, values.Length, outputs.Length);
                for (int k = 0; outputs is not null && k < outputs.Length; k++)
                    if (outputs[k].Shape != values[k].Shape) throw TransformErrors.OtherShape(op, values[k].Shape, outputs[k].Shape);
                if (outputs is null) CheckResults(op, values);
                outputs = values;
                if (strict && Array.Exists(results, result => result is null)) throw TransformErrors.Independent(op, inputs, j);
                if (Array.TrueForAll(results, result => result is null)) break;
                columns[j].Add([.. results.Select((result, k) => Stacked(result ?? Differentiation.ZerosLike(values[k]), scope, units.Dims[0]))]);
            }
        }
        if (outputs is null) CheckResults(op, outputs = Differentiation.CallMany(op, function, inputs));
        return Array.ConvertAll(Enumerable.Range(0, outputs.Length).ToArray(), k =>
        {
            var row = new Tensor[columns.Length];
            for (int j = 0; j < row.Length; j++)
            {
                Shape shape = [.. outputs[k].Shape, .. inputs[j].Shape];
                row[j] = columns[j].Count == 0 ? Tensor.Zeros(shape, inputs[j].DType) : Joined([.. columns[j].Select(part => part[k])], isOnly: outputs.Length == 1).MoveAxis(0, ^1).Reshape(shape).To(inputs[j].DType);
            }
            return row;
        });
    }

    // What one sweep gave is the result as it is, unless its elements, or another result, may lie in the same memory.
    private static Tensor Joined(List<Tensor> parts, bool isOnly) =>
        isOnly && parts.Count == 1 && parts[0].Dims[0] > 1 && (parts[0].Underlying.IsContiguous || ItemsLast.IsWhole(parts[0].Underlying.Value)) ? parts[0] : Tensor.Cat(parts, 0);

    private static Tensor Stacked(Tensor result, VmapScope scope, int count) =>
        BatchMode.ItemsOf(result, scope.Level) ?? VectorSpace.Current.Repeat(result, count);

    /// <summary>The unit vectors of a tensor's space, stacked in portions that fit.</summary>
    private static IEnumerable<Tensor> UnitVectors(Tensor space, IReadOnlyList<Tensor> widest)
    {
        int n = space.Numel;
        long width = Math.Max(n, 1);
        foreach (Tensor other in widest) width = Math.Max(width, other.Numel);
        int portion = (int)Math.Clamp(MostElements / width, 1, Math.Max(n, 1));
        for (int from = 0; from < n; from += portion)
            yield return Differentiation.UnitVectors(space, from, Math.Min(portion, n - from));
    }
}
