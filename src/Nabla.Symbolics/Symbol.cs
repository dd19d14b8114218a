namespace Nabla.Symbolics;

/// <summary>A variable of a formula, known by its name.</summary>
public sealed class Symbol : Expr
{
    private Symbol(string name, int hash)
        : base([], hash, 1UL << (int)((uint)hash % 64), 1) => Name = name;

    /// <summary>The name.</summary>
    public string Name { get; }

    internal static Symbol Of(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return InternTable.Intern(new Symbol(name, HashOf(StringComparer.Ordinal.GetHashCode(name), [])));
    }

    internal override bool SameNode(Expr other) => other is Symbol symbol && symbol.Name == Name;
}
