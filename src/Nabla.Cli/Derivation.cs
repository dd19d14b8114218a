using Nabla.Symbolics;

namespace Nabla.Cli;

/// <summary>
/// A derivative of a formula and its value, found in ways that share as little as possible: the formula of the derivative, autograd's
/// chain rule over the nodes, forward mode, and differences of values.
/// </summary>
internal sealed record Derivation
{
    /// <summary>Autograd of order n records some 3ⁿ times what the function does, and a formula can grow as fast.</summary>
    internal const int HighestOrder = 10;

    // A derivative of more operations is not finished: the next order, or its text, could take hours.
    private const int LargestFormula = 500_000;

    public required Expr Formula { get; init; }

    /// <summary>What is differentiated by, in order: x x y is d³/dx²dy.</summary>
    public required IReadOnlyList<Symbol> Wrt { get; init; }

    public required Expr Derivative { get; init; }

    /// <summary>The derivative of one order less: what is differenced.</summary>
    public required Expr Before { get; init; }

    /// <summary>The formula of the derivative.</summary>
    /// <exception cref="NotSupportedException">A function has no known derivative by one of its arguments, or the derivative is too large.</exception>
    internal static Derivation Of(Expr formula, IReadOnlyList<Symbol> wrt)
    {
        Expr before = formula, derivative = formula;
        for (int i = 0; i < wrt.Count; i++)
        {
            (before, derivative) = (derivative, derivative.Diff(wrt[i]));
            if (i > 1 && OperationCount.Of(derivative) > LargestFormula)
                throw new NotSupportedException($"the derivative of order {i + 1} has more than {LargestFormula:N0} operations. Ask for a lower order.");
        }
        return new Derivation { Formula = formula, Wrt = wrt, Derivative = derivative, Before = before };
    }

    /// <summary>The values at a point.</summary>
    /// <exception cref="ArgumentException">A symbol has no value.</exception>
    internal DerivativeValues At(IReadOnlyDictionary<Symbol, double> point, bool forwardMode)
    {
        // Others than those of the formula have derivative 0, whatever their value.
        var values = new Dictionary<Symbol, double>();
        foreach (Symbol symbol in Formula.FreeSymbols)
            values[symbol] = point.TryGetValue(symbol, out double value) ? value : throw new ArgumentException($"the symbol '{symbol.Name}' has no value");
        foreach (Symbol symbol in Wrt) values.TryAdd(symbol, point.GetValueOrDefault(symbol));

        Symbol[] symbols = [.. values.Keys];
        Func<Tensor[], Tensor> function = Nabla.Formula.ToFunction(Formula, symbols);
        int[] order = [.. Wrt.Select(symbol => Array.IndexOf(symbols, symbol))];
        double[] at = [.. symbols.Select(symbol => values[symbol])];
        Symbol last = Wrt[^1];
        double place = values[last];
        (double difference, double error) = FiniteDifference.Derivative(
            x =>
            {
                values[last] = x;
                return Before.Evaluate(values);
            },
            place);
        values[last] = place;
        return new DerivativeValues
        {
            Value = Formula.Evaluate(values),
            Symbolic = Derivative.Evaluate(values),
            Autograd = ByAutograd(function, at, order),
            ForwardMode = forwardMode ? ByForwardMode(function, at, order) : null,
            FiniteDifference = difference,
            FiniteDifferenceError = error,
        };
    }

    private static double ByAutograd(Func<Tensor[], Tensor> function, double[] at, int[] order)
    {
        Tensor[] inputs = Array.ConvertAll(at, value => Tensor.Of(value, DType.Float64, requiresGrad: true));
        Tensor result = function(inputs);
        for (int i = 0; i < order.Length; i++)
        {
            if (!result.RequiresGrad) return 0;
            Tensor? gradient = Autograd.Grad([result], [inputs[order[i]]], createGraph: i < order.Length - 1, allowUnused: true)[0];
            if (gradient is null) return 0;
            result = gradient;
        }
        return result.Item();
    }

    private static double ByForwardMode(Func<Tensor[], Tensor> function, double[] at, int[] order)
    {
        Tensor[] inputs = Array.ConvertAll(at, value => Tensor.Of(value, DType.Float64));
        return Of(order.Length)(inputs).Item();

        Func<Tensor[], Tensor> Of(int depth)
        {
            if (depth == 0) return function;
            Func<Tensor[], Tensor> inner = Of(depth - 1);
            int along = order[depth - 1];
            return inputs => Functional.Jvp(
                moved =>
                {
                    Tensor[] all = [.. inputs];
                    all[along] = moved;
                    return inner(all);
                },
                inputs[along],
                Tensor.Of(1.0, DType.Float64)).Tangent;
        }
    }
}

/// <summary>The value of a function and of one of its derivatives at a point.</summary>
internal sealed record DerivativeValues
{
    // Formula and autograd round differently; differences are judged by their own error, which is an estimate.
    private const double Rounding = 1e-9;
    private const double SafetyOfEstimate = 4;

    public required double Value { get; init; }

    public required double Symbolic { get; init; }

    public required double Autograd { get; init; }

    public required double? ForwardMode { get; init; }

    public required double FiniteDifference { get; init; }

    public required double FiniteDifferenceError { get; init; }

    /// <summary>
    /// Whether all ways agree on a derivative: NaN is none. Where the function or its derivative is not finite, or differences do not
    /// converge, there are no differences to compare with.
    /// </summary>
    public bool Agree => !double.IsNaN(Symbolic) && Same(Symbolic, Autograd) && (ForwardMode is not { } forward || Same(Symbolic, forward)) && DifferencesAgree;

    private bool DifferencesAgree => double.IsNaN(FiniteDifference)
        ? !double.IsFinite(Symbolic)
        : !double.IsFinite(FiniteDifferenceError)
            || Math.Abs(FiniteDifference - Symbolic) <= (SafetyOfEstimate * Uncertainty) + (Rounding * Math.Abs(Symbolic));

    // A function that is flat as far as doubles show may still be the difference of terms that vary.
    private double Uncertainty => FiniteDifferenceError == 0 ? 1e-14 : FiniteDifferenceError;

    private bool Same(double a, double b)
    {
        if (a.Equals(b)) return true;
        double difference = Math.Abs(a - b);
        if (difference <= Rounding * Math.Max(Math.Abs(a), Math.Abs(b))) return true;

        // A derivative of 0 that is the difference of large terms is 0 only up to their rounding, which the differences measure.
        double noise = Math.Min(Uncertainty, 1e-10 * (1 + Math.Abs(Value)));
        return difference <= noise + (1e-12 * Math.Abs(Value));
    }
}
