using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

/// <summary>
/// What operations on real numbers mean for complex ones. A linear operation runs on the real and the imaginary parts as on two
/// items of a batch, a bilinear one on the four pairs of parts; elementwise ones state a formula for the parts. All of it is
/// public, differentiable operations.
/// </summary>
internal static class ComplexParts
{
    /// <summary>The outputs of an operation that has a complex input, from its real kernel.</summary>
    /// <exception cref="DTypeException">The operation is neither linear nor bilinear.</exception>
    public static Tensor[] Apply(Op op, ReadOnlySpan<Tensor> inputs)
    {
        foreach (Tensor input in inputs)
            if (input.IsSymbolic) throw SymbolicErrors.NoFormula(op.Name, inputs);
        return op switch
        {
            BilinearOp => Bilinear(op, inputs[0], inputs[1]),
            LinearOp linear => Linear(linear, inputs),
            _ => throw AutogradErrors.RefusesComplex(op.Name, inputs),
        };
    }

    private static Tensor[] Linear(LinearOp op, ReadOnlySpan<Tensor> inputs)
    {
        var items = new Tensor?[inputs.Length];
        for (int i = 0; i < items.Length; i++)
        {
            Tensor x = inputs[i];
            if (x.IsComplex) items[i] = x.ViewAsReal().MoveAxis(^1, 0);
            else if (x.DType.IsFloatingPoint() && !op.SelectsBy(i)) items[i] = Tensor.Stack([x, Tensor.ZerosLike(x)]);
        }
        Tensor[] parts = op.Batch(new BatchedInputs(op.Name, inputs.ToArray(), items, 2));
        return Array.ConvertAll(parts, pair => pair.MoveAxis(0, ^1).ViewAsComplex());
    }

    private static Tensor[] Bilinear(Op op, Tensor x, Tensor y)
    {
        Tensor Of(Tensor a, Tensor b) => op.ApplyMany(a, b)[0];
        if (!x.IsComplex) return [Tensor.Complex(Of(x, y.Real), Of(x, y.Imag))];
        if (!y.IsComplex) return [Tensor.Complex(Of(x.Real, y), Of(x.Imag, y))];
        return [Tensor.Complex(Of(x.Real, y.Real) - Of(x.Imag, y.Imag), Of(x.Real, y.Imag) + Of(x.Imag, y.Real))];
    }

    // ---- elementwise ------------------------------------------------------------------------------------------------------

    private static readonly ElementwiseOp ProductOfParts = ElementwiseOp.Derived("Mul", 4, x => [(x[0] * x[2]) - (x[1] * x[3]), (x[0] * x[3]) + (x[1] * x[2])]).Unlisted();

    // Divided by the length in two steps, whose formulas are not put together: its square may leave the range of numbers.
    private static readonly ElementwiseOp Direction = ElementwiseOp.Derived("Div", 2, x =>
    {
        Expr length = F.Hypot(x[0], x[1]);
        return [x[0] / length, x[1] / length, length];
    }).Unlisted();

    private static readonly ElementwiseOp Quotient = ElementwiseOp.Derived("Div", 5, x => [((x[0] * x[2]) + (x[1] * x[3])) / x[4], ((x[1] * x[2]) - (x[0] * x[3])) / x[4]]).Unlisted();

    private static readonly ElementwiseOp Exponential = ElementwiseOp.Derived("Exp", 2, x => [F.Exp(x[0]) * F.Cos(x[1]), F.Exp(x[0]) * F.Sin(x[1])]).Unlisted();
    private static readonly ElementwiseOp Logarithm = ElementwiseOp.Derived("Log", 2, x => [F.Log(F.Hypot(x[0], x[1])), F.Atan2(x[1], x[0])]).Unlisted();

    public static Tensor Mul(Tensor[] x) =>
        !x[0].IsComplex ? Scaled(x[1], x[0], x) : !x[1].IsComplex ? Scaled(x[0], x[1], x) : Product(x);

    public static Tensor Div(Tensor[] x)
    {
        DType type = ElementTypes.Result(x);
        if (x[1].IsComplex)
        {
            (Tensor a, Tensor b) = (x[0].To(type), x[1].To(type));
            Tensor[] direction = Direction.ApplyMany(b.Real, b.Imag);
            Tensor[] parts = Quotient.ApplyMany(a.Real, a.Imag, direction[0], direction[1], direction[2]);
            return Tensor.Complex(parts[0], parts[1]);
        }
        return (x[0].To(type).ViewAsReal() / Factor(x[1], type)).ViewAsComplex();
    }

    public static Tensor Reciprocal(Tensor[] x) => 1.0 / x[0];

    public static Tensor Square(Tensor[] x) => x[0] * x[0];

    public static Tensor Exp(Tensor[] x) => OfParts(Exponential, x[0]);

    public static Tensor Log(Tensor[] x) => OfParts(Logarithm, x[0]);

    /// <summary>An operation that acts on the real and the imaginary parts alike: a sum, a difference, the opposite.</summary>
    public static Func<Tensor[], Tensor> Each(Func<Tensor[], Tensor> op) => x =>
    {
        DType type = ElementTypes.Result(x);
        return op(Array.ConvertAll(x, each => each.To(type).ViewAsReal())).ViewAsComplex();
    };

    /// <summary>A truth value that both parts decide.</summary>
    /// <param name="op">The question to each part.</param>
    /// <param name="both">Whether it must hold for both, or for one of them.</param>
    public static Func<Tensor[], Tensor> Asked(Func<Tensor[], Tensor> op, bool both) => x =>
    {
        DType type = ElementTypes.Result(x);
        Tensor answers = op(Array.ConvertAll(x, each => each.To(type).ViewAsReal()));
        return both ? answers.All(^1) : answers.Any(^1);
    };

    /// <summary>One of two complex numbers, by a condition.</summary>
    public static Func<Tensor[], Tensor> Chosen(Func<Tensor[], Tensor> op) => x =>
    {
        if (x[0].IsComplex) throw OpErrors.ConditionNotTruth("Where", "condition", x[0]);
        DType type = ElementTypes.Result([x[1], x[2]]);
        return op([x[0].Unsqueeze(^1), x[1].To(type).ViewAsReal(), x[2].To(type).ViewAsReal()]).ViewAsComplex();
    };

    private static Tensor Scaled(Tensor z, Tensor factor, Tensor[] x)
    {
        DType type = ElementTypes.Result(x);
        return (z.To(type).ViewAsReal() * Factor(factor, type)).ViewAsComplex();
    }

    private static Tensor Factor(Tensor real, DType type) => real.To(type.PartType()).Unsqueeze(^1);

    private static Tensor Product(Tensor[] x)
    {
        DType type = ElementTypes.Result(x);
        (Tensor a, Tensor b) = (x[0].To(type), x[1].To(type));
        Tensor[] parts = ProductOfParts.ApplyMany(a.Real, a.Imag, b.Real, b.Imag);
        return Tensor.Complex(parts[0], parts[1]);
    }

    private static Tensor OfParts(ElementwiseOp op, Tensor x)
    {
        Tensor[] parts = op.ApplyMany(x.Real, x.Imag);
        return Tensor.Complex(parts[0], parts[1]);
    }
}
