namespace Nabla.Symbolics;

/// <summary>
/// A row of the table of scalar primitives: name, value, derivative, domain and convention at kinks, stated once. Kernels, formulas,
/// both modes of differentiation, printing and tests follow from it.
/// </summary>
public sealed class Primitive
{
    private readonly Domain[] domains;

    /// <param name="name">The name.</param>
    /// <param name="arity">The number of arguments.</param>
    /// <param name="isRow">Whether it stands in the table; a step that only programs know does not.</param>
    internal Primitive(string name, int arity, bool isRow = true)
    {
        Name = name;
        Arity = arity;
        domains = new Domain[arity];
        domains.AsSpan().Fill(Domain.Real);
        Kernel = VectorKernels.For(name);
        Id = isRow ? PrimitiveTable.Register(this) : -1;
    }

    /// <summary>The name, as printed.</summary>
    public string Name { get; }

    /// <summary>The number of arguments, 1 to 3.</summary>
    public int Arity { get; }

    /// <summary>The domain of the first argument, and of the others unless <see cref="DomainOf"/> says otherwise.</summary>
    public Domain Domain
    {
        get => domains[0];
        internal init => domains.AsSpan().Fill(value);
    }

    /// <summary>The convention where the function is not differentiable, in words; empty if it is smooth on its domain.</summary>
    public string Kinks { get; internal init; } = "";

    /// <summary>Whether the order of the arguments does not matter; formulas then keep them in canonical order.</summary>
    public bool IsCommutative { get; internal init; }

    /// <summary>Whether the value is a truth value, 0 or 1.</summary>
    public bool IsTruth { get; internal init; }

    /// <summary>Whether the row occurs only in programs made from formulas: in a formula it is a sum, a product or a power.</summary>
    public bool LoweredOnly { get; internal init; }

    /// <summary>What is known of the values.</summary>
    internal PrimitiveRange Range { get; init; }

    /// <summary>Position in the table.</summary>
    internal int Id { get; }

    internal Domain[] Domains
    {
        init => value.CopyTo(domains, 0);
    }

    /// <summary>The vector evaluations; null where the executors loop over the scalar function.</summary>
    internal VectorKernel? Kernel { get; init; }

    internal Func<double, double>? Scalar1 { get; init; }

    internal Func<double, double, double>? Scalar2 { get; init; }

    internal Func<double, double, double, double>? Scalar3 { get; init; }

    /// <summary>(arguments, self, i) gives the partial derivative with respect to argument i; null where none is known.</summary>
    internal Func<IReadOnlyList<Expr>, Expr, int, Expr>? Partial { get; init; }

    /// <summary>For one argument x and the result y: the derivative.</summary>
    internal Func<Expr, Expr, Expr> Derivative
    {
        init => Partial = (args, self, _) => value(args[0], self);
    }

    /// <summary>A canonical rule tried on construction; null if it does not apply.</summary>
    internal Func<Expr[], Expr?>? Simplify { get; init; }

    /// <summary>The formula that stands for this row where the row itself is not kept.</summary>
    internal Func<Expr[], Expr>? Rewrite { get; init; }

    internal bool HasScalar => Scalar1 is not null || Scalar2 is not null || Scalar3 is not null;

    /// <summary>The domain of one argument.</summary>
    public Domain DomainOf(int argument) => domains[argument];

    /// <summary>The value at these arguments.</summary>
    public double Evaluate(params ReadOnlySpan<double> arguments)
    {
        RequireArity(arguments.Length);
        return Arity switch
        {
            1 when Scalar1 is { } f => f(arguments[0]),
            2 when Scalar2 is { } f => f(arguments[0], arguments[1]),
            3 when Scalar3 is { } f => f(arguments[0], arguments[1], arguments[2]),
            _ => throw new NotSupportedException($"{Name}: no scalar evaluation. Give the row a Scalar{Arity}."),
        };
    }

    /// <summary>The call of this primitive in canonical form.</summary>
    public Expr Apply(params ReadOnlySpan<Expr> arguments) => Call.Of(this, arguments);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The partial derivative of the call <paramref name="self"/> with respect to its argument <paramref name="index"/>.</summary>
    internal Expr PartialOf(IReadOnlyList<Expr> args, Expr self, int index) => Partial is null
        ? throw new NotSupportedException($"{Name}: no derivative is known.")
        : Partial(args, self, index);

    internal void RequireArity(int count)
    {
        if (count != Arity) throw new ArgumentException($"{Name}: takes {Arity} argument(s), got {count}.");
    }
}

/// <summary>Collects the rows in the order of their declaration.</summary>
internal static class PrimitiveTable
{
    private static readonly List<Primitive> Registered = [];

    /// <summary>A view that shows rows declared later too.</summary>
    public static IReadOnlyList<Primitive> Rows { get; } = Registered.AsReadOnly();

    public static int Register(Primitive row)
    {
        Registered.Add(row);
        return Registered.Count - 1;
    }
}
