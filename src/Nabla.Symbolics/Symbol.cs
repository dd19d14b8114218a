namespace Nabla.Symbolics;

/// <summary>
/// A variable of a formula, known by its name and by what is assumed of it: the symbol x and a positive x are two symbols, which
/// print alike.
/// </summary>
public sealed class Symbol : Expr
{
    // Symbols of one scope are numbered from here on; the indices of finished sums and products have the small numbers of their levels.
    private static int lastFresh = 1 << 20;

    // 0 for ordinary symbols; the index of a sum or product has the level of its operator, so that no other symbol can be mistaken for it.
    private readonly int scope;

    private Symbol(string name, Assumptions assumptions, int scope, int hash)
        : base([], hash, 1UL << (int)((uint)hash % 64), 1)
    {
        Name = name;
        Assumptions = assumptions;
        this.scope = scope;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What is assumed of the values; <see cref="Assumptions.Real"/> unless something was said.</summary>
    public Assumptions Assumptions { get; }

    /// <summary>Whether this is the index of a <see cref="BigOperator"/>: it means something inside the operator's body only.</summary>
    public bool IsBound => scope != 0;

    internal static Symbol Of(string name, Assumptions assumptions = Assumptions.Real, int scope = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        const Assumptions all = Assumptions.NonNegative | Assumptions.NonPositive | Assumptions.NonZero | Assumptions.Integer;
        if ((assumptions & ~all) != 0) throw new ArgumentOutOfRangeException(nameof(assumptions), assumptions, $"Symbol '{name}': unknown assumption.");
        const Assumptions contradiction = Assumptions.NonNegative | Assumptions.NonPositive | Assumptions.NonZero;
        if ((assumptions & contradiction) == contradiction)
        {
            throw new ArgumentException($"Symbol '{name}': no number is {assumptions}. Leave one of the assumptions out.", nameof(assumptions));
        }

        var hash = HashCode.Combine(StringComparer.Ordinal.GetHashCode(name), (int)assumptions, scope);
        return InternTable.Intern(new Symbol(name, assumptions, scope, HashOf(hash, [])));
    }

    /// <summary>A symbol that occurs nowhere else.</summary>
    internal static Symbol Fresh(string name, Assumptions assumptions) => Of(name, assumptions, Interlocked.Increment(ref lastFresh));

    internal static int Compare(Symbol a, Symbol b)
    {
        var order = string.CompareOrdinal(a.Name, b.Name);
        if (order == 0) order = a.Assumptions.CompareTo(b.Assumptions);
        return order != 0 ? order : a.scope.CompareTo(b.scope);
    }

    internal override bool SameNode(Expr other) =>
        other is Symbol symbol && symbol.Name == Name && symbol.Assumptions == Assumptions && symbol.scope == scope;
}
