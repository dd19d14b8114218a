namespace Nabla.Symbolics;

/// <summary>A named number that has no exact fraction.</summary>
public sealed class Constant : Expr
{
    private readonly double value;

    private Constant(string name, double value, int hash)
        : base([], HashOf(hash, []), 0, 0)
    {
        Name = name;
        this.value = value;
    }

    /// <summary>The ratio of a circle's circumference to its diameter.</summary>
    public static Constant Pi { get; } = InternTable.Intern(new Constant("pi", Math.PI, 0x7001));

    /// <summary>The base of the natural logarithm.</summary>
    public static Constant E { get; } = InternTable.Intern(new Constant("e", Math.E, 0x7002));

    /// <summary>The name, as printed.</summary>
    public string Name { get; }

    /// <summary>The nearest double.</summary>
    public double ToDouble() => value;

    internal override bool SameNode(Expr other) => other is Constant constant && constant.Name == Name;
}
