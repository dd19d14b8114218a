using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>Random formulas of several kinds, made from fixed seeds.</summary>
internal sealed class MixedFormulas(int seed)
{
    public static readonly Symbol[] Symbols =
        [Expr.Symbol("x"), Expr.Symbol("y"), Expr.Symbol("z"), Expr.Symbol("p", Assumptions.Positive), Expr.Symbol("n", Assumptions.Integer)];

    private static readonly Func<Expr, Expr>[] Trigonometric = [Sin, Cos, Tan, x => Square(Sin(x)), x => Square(Cos(x)), Atan, Asin];
    private static readonly Func<Expr, Expr>[] Exponential = [Exp, Log, Sqrt, Sigmoid, Tanh, Softplus, Sinh, Cosh, x => Log(Square(x) + 1), x => Exp(-x)];
    private static readonly Func<Expr, Expr>[] Piecewise = [Abs, Sign, Floor, x => Max(x, 0), x => Select(Less(x, 0), -x, x), x => Min(x, 1)];
    private static readonly Func<Expr, Expr>[] Special = [Erf, Erfc, x => Gamma(Square(x) + 1), x => Lgamma(Abs(x) + 1), Digamma, I0];
    private readonly Random random = new(seed);

    /// <summary>A formula of at most <paramref name="most"/> nodes.</summary>
    public Expr Next(int kind, int most)
    {
        Func<Expr, Expr>[] functions = kind switch
        {
            0 => [Reciprocal, Square],
            1 => Trigonometric,
            2 => Exponential,
            3 => [.. Piecewise, Exp, Reciprocal],
            4 => [.. Special, Reciprocal],
            _ => [.. Trigonometric, .. Exponential, .. Piecewise, .. Special, Reciprocal, Square],
        };
        var pool = new List<Expr> { 1, 2, -3, new Rational(1, 2), 0.75 };
        foreach (var symbol in Symbols) pool.Add(symbol);
        var steps = 3 + random.Next(most / 2);
        var formula = Pick(pool);
        for (var i = 0; i < steps; i++)
        {
            var next = Step(pool, functions);
            if (Nodes(next) > most) break;
            pool.Add(next);
            formula = next;
        }

        return formula;
    }

    public Dictionary<Symbol, double> Point()
    {
        var point = new Dictionary<Symbol, double>();
        foreach (var symbol in Symbols)
        {
            var value = (random.NextDouble() * 5) - 2.5;
            if (symbol.Assumptions == Assumptions.Positive) value = Math.Abs(value) + 0.01;
            if (symbol.Assumptions == Assumptions.Integer) value = Math.Round(value);
            point[symbol] = value;
        }

        return point;
    }

    private Expr Step(List<Expr> pool, Func<Expr, Expr>[] functions) => random.Next(8) switch
    {
        0 or 1 => Pick(pool) + Pick(pool),
        2 => Pick(pool) - Pick(pool),
        3 or 4 => Pick(pool) * Pick(pool),
        5 => Pick(pool) / Pick(pool),
        6 => functions[random.Next(functions.Length)](Pick(pool)),
        _ => random.Next(3) switch
        {
            0 => Max(Pick(pool), Pick(pool)),
            1 => Select(Less(Pick(pool), Pick(pool)), Pick(pool), Pick(pool)),
            _ => Pow(Pick(pool), random.Next(-2, 4)),
        },
    };

    // Recent formulas are preferred, so that they grow.
    private Expr Pick(List<Expr> pool) => random.Next(2) == 0 ? pool[^(1 + random.Next(Math.Min(4, pool.Count)))] : pool[random.Next(pool.Count)];

    private static int Nodes(Expr formula) => Traversal.PostOrder([formula]).Count;
}
