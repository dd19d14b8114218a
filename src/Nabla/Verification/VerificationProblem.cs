namespace Nabla;

/// <summary>A function, where it is to be verified, and the weights of its outputs: all in float64.</summary>
internal sealed class VerificationProblem
{
    private readonly Func<IReadOnlyList<Tensor>, Tensor> function;
    private readonly Tensor[] inputs;
    private readonly int[] floating;

    public VerificationProblem(string op, Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string> names, VerificationOptions options)
    {
        Op = op;
        this.function = function;
        if (at.Count == 0) throw TransformErrors.NoInputs(op);
        inputs = [.. at.Select(input => input.Detach())];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].DType.IsFloatingPoint()) inputs[i] = inputs[i].To(DType.Float64).Clone();
        }
        floating = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].DType.IsFloatingPoint())];
        if (floating.Length == 0) throw TransformErrors.NothingToCheck(op);
        Names = [.. floating.Select(i => names[i])];
        Shapes = [.. floating.Select(i => inputs[i].Shape)];
        Starts = new int[floating.Length + 1];
        for (int i = 0; i < floating.Length; i++) Starts[i + 1] = Starts[i] + inputs[floating[i]].Numel;
        if (Count > options.MaxElements) throw VerificationErrors.TooManyElements(op, Count, options.MaxElements);
        At = [.. floating.SelectMany(i => inputs[i].ToArray<double>())];
        Value = Evaluate(inputs);
    }

    public string Op { get; }

    /// <summary>The names of the floating-point inputs.</summary>
    public string[] Names { get; }

    public Shape[] Shapes { get; }

    /// <summary>Where the elements of each input begin among those of all.</summary>
    public int[] Starts { get; }

    /// <summary>The number of elements of all inputs.</summary>
    public int Count => Starts[^1];

    /// <summary>The elements of all floating-point inputs, one after the other.</summary>
    public double[] At { get; }

    /// <summary>The function's result where it is verified.</summary>
    public Tensor Value { get; }

    /// <summary>The weights of the outputs, one set for each row of what is verified.</summary>
    public Tensor[] Cotangents { get; private set; } = [];

    /// <summary>Whether the rows are those of a Jacobian.</summary>
    public bool IsJacobian { get; private set; }

    public IReadOnlyList<Tensor> FloatingInputs => [.. floating.Select(i => inputs[i])];

    public void VerifyGradient(Tensor? cotangent)
    {
        if (cotangent is null)
        {
            if (Value.Numel != 1) throw VerificationErrors.NotOneElement(Op, Value.Shape);
            Cotangents = [Tensor.OnesLike(Value, DType.Float64)];
            return;
        }
        if (cotangent.Shape != Value.Shape) throw VerificationErrors.CotangentShape(Op, cotangent.Shape, Value.Shape);
        Cotangents = [cotangent.Detach().To(DType.Float64)];
    }

    public void VerifyJacobian()
    {
        IsJacobian = true;
        Tensor like = Tensor.ZerosLike(Value, DType.Float64);
        Cotangents = [.. Enumerable.Range(0, Value.Numel).Select(e => Differentiation.OneHot(like, e))];
    }

    /// <summary>All weights different, none of them special, so that no error in one output hides behind another.</summary>
    public static Tensor MixedCotangent(Shape shape)
    {
        var weights = new double[shape.Numel];
        for (int i = 0; i < weights.Length; i++) weights[i] = 1.25 + (0.75 * Math.Sin(1 + (2.4 * i)));
        return Tensor.FromSpan<double>(weights, shape);
    }

    public int InputOf(int element)
    {
        int input = 0;
        while (Starts[input + 1] <= element) input++;
        return input;
    }

    public string NameOf(int row, int element)
    {
        int input = InputOf(element);
        string name = InputNames.Element(Names[input], Shapes[input], element - Starts[input]);
        return IsJacobian && Value.Rank > 0 ? $"{InputNames.Element("f", Value.Shape, row)} / {name}" : name;
    }

    /// <summary>Calls the function on given floating-point inputs, in their order.</summary>
    public Tensor Call(IReadOnlyList<Tensor> floatingInputs)
    {
        Tensor[] arguments = [.. inputs];
        for (int i = 0; i < floating.Length; i++) arguments[floating[i]] = floatingInputs[i];
        return Run(arguments);
    }

    private Tensor Run(Tensor[] arguments)
    {
        using var guard = new InputGuard(Op, arguments);
        Tensor value = function(arguments) ?? throw VerificationErrors.NullResult(Op);
        guard.Check();
        return value;
    }

    /// <summary>All inputs, with given numbers in those that are floating point.</summary>
    public Tensor[] InputsAt(double[] point)
    {
        Tensor[] arguments = [.. inputs];
        for (int i = 0; i < floating.Length; i++) arguments[floating[i]] = Tensor.FromSpan<double>(point.AsSpan(Starts[i]..Starts[i + 1]), Shapes[i]);
        return arguments;
    }

    /// <summary>The floating-point inputs at a point.</summary>
    public Tensor[] FloatingAt(double[] point)
    {
        Tensor[] all = InputsAt(point);
        return [.. floating.Select(i => all[i])];
    }

    /// <summary>The weighted sums of the function's result, without recording.</summary>
    public double[] Weighted(double[] point)
    {
        double[] values = Numbers(Evaluate(InputsAt(point)));
        return [.. Cotangents.Select(cotangent => Dot(Numbers(cotangent), values))];
    }

    public static double[] Numbers(Tensor x) => x.Detach().To(DType.Float64).ToArray<double>();

    // A weight of 0 takes part in nothing, not even in infinities.
    public static double Dot(double[] weights, double[] values)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
            if (weights[i] != 0) sum += weights[i] * values[i];
        return sum;
    }

    private Tensor Evaluate(Tensor[] arguments)
    {
        using IDisposable scope = Autograd.NoGrad();
        Tensor value = Run(arguments);
        if (!value.DType.IsFloatingPoint())
            throw new DTypeException($"{Op}: the function returned {value.DType.Word()} {value.Shape}; only floating-point results have derivatives. Leave out the conversion or the comparison.");
        return value.Detach();
    }
}
