namespace Nabla.Symbolics;

/// <summary>A primitive applied to arguments: exp(x), pow(x, 3), select(c, a, b).</summary>
public sealed class Call : Expr
{
    private Call(Primitive primitive, Expr[] args)
        : base(args, HashOf(primitive.Id + 0x6000, args), 0, DegreeOf(primitive, args)) => Primitive = primitive;

    /// <summary>The row of the table of primitives.</summary>
    public Primitive Primitive { get; }

    internal override bool SameNode(Expr other) => other is Call call && call.Primitive == Primitive && SameArgs(other);

    /// <summary>The node as given, without any rule.</summary>
    internal static Expr Intern(Primitive primitive, Expr[] args) => InternTable.Intern(new Call(primitive, args));

    /// <summary>The canonical call: arithmetic becomes sums, products and powers; numbers fold; the row's own rule is applied.</summary>
    internal static Expr Of(Primitive primitive, ReadOnlySpan<Expr> args)
    {
        primitive.RequireArity(args.Length);
        var operands = args.ToArray();
        if (primitive.Rewrite is { } rewrite) return rewrite(operands);
        if (FoldInexact(primitive, operands) is { } number) return number;
        if (primitive.Simplify?.Invoke(operands) is { } simpler) return simpler;
        if (primitive.IsCommutative) Array.Sort(operands, CanonicalOrder.Compare);
        return Intern(primitive, operands);
    }

    /// <summary>Numbers of which one at least is a double: the value is a double too.</summary>
    private static Number? FoldInexact(Primitive primitive, Expr[] args)
    {
        if (!primitive.HasScalar) return null;
        Span<double> values = stackalloc double[3];
        var inexact = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is not Number number) return null;
            values[i] = number.ToDouble();
            inexact |= !number.IsExact;
        }

        return inexact ? Number.Of(primitive.Evaluate(values[..args.Length])) : null;
    }

    private static double DegreeOf(Primitive primitive, Expr[] args) =>
        primitive == Primitives.Pow && args[1] is Number exponent && double.IsFinite(exponent.ToDouble()) ? args[0].Degree * exponent.ToDouble() : 0;
}
