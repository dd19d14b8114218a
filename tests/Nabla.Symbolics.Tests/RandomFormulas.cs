namespace Nabla.Symbolics.Tests;

/// <summary>
/// Random formulas over every kind of node and every primitive of the table: exact fractions small and large, doubles with special values,
/// constants, symbols with odd names, sums, products, nested powers, comparisons and choices. The same seed gives the same formulas.
/// </summary>
public sealed class RandomFormulas(int seed)
{
    private static readonly double[] SpecialDoubles =
        [0.1, -0.1, 0.5, 1e-300, -1e-300, 5e-324, 1e300, 1.7976931348623157e308, 1e16, 123456789.125, Math.PI, double.PositiveInfinity, double.NegativeInfinity, double.NaN, -0.0];

    private readonly Random random = new(seed);

    /// <summary>The symbols used; replace for other names or assumptions.</summary>
    public IReadOnlyList<Symbol> Symbols { get; init; } =
    [
        Expr.Symbol("x"), Expr.Symbol("y"), Expr.Symbol("z"), Expr.Symbol("mu_1"), Expr.Symbol("σ²"), Expr.Symbol("e"), Expr.Symbol("pi"),
        Expr.Symbol("sin"), Expr.Symbol("gamma"), Expr.Symbol("and"), Expr.Symbol("a b"), Expr.Symbol("`"), Expr.Symbol("2x"), Expr.Symbol("x'"),
        Expr.Symbol("f(x)"), Expr.Symbol("α₁"), Expr.Symbol("E"), Expr.Symbol("-"), Expr.Symbol("\n"),
    ];

    /// <summary>The primitives used.</summary>
    public IReadOnlyList<Primitive> Functions { get; init; } = Primitives.All;

    /// <summary>Whether NaN, infinities and other special doubles occur.</summary>
    public bool WithSpecialNumbers { get; init; } = true;

    /// <summary>Whether elements of arrays and sums and products over an index occur.</summary>
    public bool WithIndices { get; init; } = true;

    /// <summary>A formula of about that many nodes at most.</summary>
    public Expr Next(int nodes)
    {
        // Formulas already made are used again, so that the graph has shared parts.
        var pool = new List<Expr>();
        var target = 1 + random.Next(Math.Max(1, nodes));
        for (var i = 0; i < target; i++)
        {
            var node = random.NextDouble() < 0.35 || pool.Count == 0 ? Leaf() : Combine(pool);
            pool.Add(node);
        }

        for (var i = pool.Count - 1; i >= 0; i--)
        {
            if (pool[i].Size <= nodes) return pool[i];
        }

        return Leaf();
    }

    /// <summary>A number, a constant or a symbol.</summary>
    public Expr Leaf() => random.Next(10) switch
    {
        < 5 => Symbols[random.Next(Symbols.Count)],
        5 => random.Next(-3, 20),
        6 => Expr.Symbol("x"),
        7 => new Rational(random.Next(-50, 50), 1 + random.Next(30)),
        8 => random.Next(2) == 0 ? Constant.Pi : Constant.E,
        _ when !WithSpecialNumbers => Math.Round((random.NextDouble() * 8) - 4, 3),
        _ => random.Next(4) switch
        {
            0 => SpecialDoubles[random.Next(SpecialDoubles.Length)],
            1 => BitConverter.Int64BitsToDouble(random.NextInt64()),
            2 => new Rational(new System.Numerics.BigInteger(random.NextInt64()) * random.NextInt64(), random.NextInt64(1, long.MaxValue)),
            _ => (random.NextDouble() * 8) - 4,
        },
    };

    private Expr Indexing(Func<Expr> pick)
    {
        var index = Expr.Symbol(random.Next(2) == 0 ? "k" : "x");
        Expr element = random.Next(2) == 0 ? new IndexedBase("mu")[index + random.Next(3)] : new IndexedBase("a b")[index, random.Next(4)];
        if (random.Next(3) == 0) return element;
        var body = pick() + (element * index);
        Expr upper = random.Next(2) == 0 ? Expr.Symbol("n") : random.Next(1, 5);
        return random.Next(2) == 0 ? Symbolics.Functions.SumOver(body, index, random.Next(3), upper) : Symbolics.Functions.ProductOver(body, index, 0, upper);
    }

    private Expr Combine(List<Expr> pool)
    {
        Expr Pick() => random.Next(3) == 0 ? pool[random.Next(pool.Count)] : pool[pool.Count - 1 - random.Next(Math.Min(4, pool.Count))];
        Expr[] PickMany() => [.. Enumerable.Range(0, 2 + random.Next(4)).Select(_ => Pick())];
        switch (random.Next(12))
        {
            case 0 or 1: return Symbolics.Functions.Sum(PickMany());
            case 2 or 3: return Symbolics.Functions.Product(PickMany());
            case 4: return Pick() / Pick();
            case 5: return Pick() - Pick();
            case 6: return Symbolics.Functions.Pow(Pick(), random.Next(2) == 0 ? new Rational(random.Next(-6, 7), 1 + random.Next(3)) : Pick());
            default:
                if (WithIndices && random.Next(12) == 0) return Indexing(Pick);
                var row = Functions[random.Next(Functions.Count)];
                return row.Apply([.. Enumerable.Range(0, row.Arity).Select(_ => Pick())]);
        }
    }
}
