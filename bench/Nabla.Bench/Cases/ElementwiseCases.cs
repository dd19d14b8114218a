namespace Nabla.Bench.Cases;

/// <summary>Formulas over a million float32 numbers: forward alone, and forward with backward from a given gradient.</summary>
internal static class ElementwiseCases
{
    private const int Million = 1_000_000;
    private static readonly (double Low, double High) Real = (-3, 3), Positive = (0.1, 3);

    public static CaseGroup Group { get; } = new("One million elements", [.. Build()]);

    /// <summary>Forward, and forward with backward, of a function of one tensor.</summary>
    internal static IEnumerable<Case> Both(string name, Func<Tensor, Tensor> function, (double Low, double High) range, params int[] shape) =>
        Both(name, inputs => function(inputs[0]), [range], shape);

    private static IEnumerable<Case> Both(string name, Func<Tensor[], Tensor> function, (double Low, double High)[] ranges, int[] shape)
    {
        yield return Forward(name, function, ranges, shape);
        yield return new Case($"{name}, with backward", 1, () =>
        {
            Tensor[] inputs = Inputs(ranges, shape, requiresGrad: true);
            Tensor gradient = Data.GradientOf(function(inputs));
            return () =>
            {
                foreach (Tensor x in inputs) x.Grad = null;
                function(inputs).Backward(gradient);
                return inputs[0].Grad!;
            };
        });
    }

    private static Case Forward(string name, Func<Tensor[], Tensor> function, (double Low, double High)[] ranges, int[] shape) => new(name, 1, () =>
    {
        Tensor[] inputs = Inputs(ranges, shape, requiresGrad: false);
        return () => function(inputs);
    });

    private static Tensor[] Inputs((double Low, double High)[] ranges, int[] shape, bool requiresGrad)
    {
        var inputs = new Tensor[ranges.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Data.Uniform(shape, ranges[i].Low, ranges[i].High, seed: i, requiresGrad: requiresGrad);
        return inputs;
    }

    private static IEnumerable<Case> Build() =>
    [
        .. Binary("x + y", (x, y) => x + y, Real, Real),
        .. Binary("x · y", (x, y) => x * y, Real, Real),
        .. Unary("x · 1.5", x => x * 1.5, Real),
        .. Binary("x / y", (x, y) => x / y, Real, Positive),
        .. Unary("-x", x => -x, Real),
        .. Unary("Abs", x => x.Abs(), Real),
        .. Unary("Exp", x => x.Exp(), Real),
        .. Unary("Log", x => x.Log(), Positive),
        .. Unary("Tanh", x => x.Tanh(), Real),
        .. Unary("Sigmoid", x => x.Sigmoid(), Real),
        .. Unary("Sqrt", x => x.Sqrt(), Positive),
        .. Unary("Sin", x => x.Sin(), Real),
        .. Unary("Cos", x => x.Cos(), Real),
        .. Unary("Erf", x => x.Erf(), Real),
        .. Unary("Pow(2)", x => x.Pow(2), Real),
        .. Unary("Pow(2.5)", x => x.Pow(2.5), Positive),
        .. Unary("Relu", x => x.Relu(), Real),
        .. Unary("Gelu", x => x.Gelu(), Real),
        .. Unary("Clamp(-1, 1)", x => x.Clamp(-1, 1), Real),
        .. Binary("Maximum", (x, y) => x.Maximum(y), Real, Real),
        Forward("x < y", inputs => inputs[0] < inputs[1], [Real, Real], [Million]),
        new Case("Where", 1, () => Where(requiresGrad: false)),
        new Case("Where, with backward", 1, () => Where(requiresGrad: true)),
    ];

    private static IEnumerable<Case> Unary(string name, Func<Tensor, Tensor> function, (double Low, double High) range) => Both(name, function, range, Million);

    private static IEnumerable<Case> Binary(string name, Func<Tensor, Tensor, Tensor> function, (double Low, double High) first, (double Low, double High) second) =>
        Both(name, inputs => function(inputs[0], inputs[1]), [first, second], [Million]);

    private static Func<Tensor> Where(bool requiresGrad)
    {
        Tensor condition = Data.Uniform([Million], 0, 1, seed: 7) < 0.5;
        Tensor[] inputs = Inputs([Real, Real], [Million], requiresGrad);
        if (!requiresGrad) return () => Tensor.Where(condition, inputs[0], inputs[1]);
        Tensor gradient = Data.GradientOf(inputs[0]);
        return () =>
        {
            inputs[0].Grad = inputs[1].Grad = null;
            Tensor.Where(condition, inputs[0], inputs[1]).Backward(gradient);
            return inputs[0].Grad!;
        };
    }
}
