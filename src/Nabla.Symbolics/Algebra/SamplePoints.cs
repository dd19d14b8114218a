namespace Nabla.Symbolics;

/// <summary>
/// Values of formulas at random points, with bounds of their rounding errors: the judge of every rewriting. The points respect what is
/// assumed of symbols, and mix signs, sizes, the intervals in which inverse functions live, and small whole numbers, where cases meet.
/// An error is carried along by evaluating each function at both ends of its argument's uncertainty; so a jump makes a value worthless
/// instead of wrong.
/// </summary>
internal sealed class SamplePoints(int count, ulong seed)
{
    private const double FunctionError = 2e-14;
    private const double Rounding = 4e-16;
    private const int FewestInformative = 3;
    private readonly Dictionary<Expr, Sample[]> known = [];

    /// <summary>How many points there are.</summary>
    public int Count => count;

    /// <summary>The values at all points.</summary>
    public Sample[] Of(Expr formula, WorkBudget? budget = null)
    {
        foreach (var node in Unseen.Below(formula, known))
        {
            budget?.Spend(count / 4);
            known[node] = ValuesOf(node);
        }

        return known[formula];
    }

    /// <summary>
    /// Whether the replacement has the same value wherever the original has one: at three points at least, and nowhere another one.
    /// </summary>
    public bool Agree(Expr original, Expr replacement, WorkBudget? budget = null)
    {
        if (ReferenceEquals(original, replacement)) return true;
        var (before, after) = (Of(original, budget), Of(replacement, budget));
        var informative = 0;
        for (var i = 0; i < count; i++)
        {
            var (a, b) = (before[i], after[i]);
            if (!double.IsFinite(a.Value) || double.IsNaN(a.Error) || double.IsInfinity(a.Error)) continue;
            if (double.IsNaN(b.Value)) return false;
            if (!double.IsFinite(b.Value))
            {
                // Overflow of the replacement, or a pole that the original has not.
                return false;
            }

            if (!double.IsFinite(b.Error)) continue;
            var scale = Math.Max(Math.Abs(a.Value), Math.Abs(b.Value));
            var tolerance = (8 * (a.Error + b.Error)) + (1e-13 * scale) + 1e-300;
            if (Math.Abs(a.Value - b.Value) > tolerance) return false;
            if (tolerance <= 1e-6 * scale || tolerance <= 1e-9) informative++;
        }

        return informative >= FewestInformative;
    }

    private Sample[] ValuesOf(Expr node)
    {
        var values = new Sample[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = node switch
            {
                Number number => new(number.ToDouble(), number.IsExact && number.IsInteger ? 0 : Rounding * Math.Abs(number.ToDouble())),
                Constant constant => new(constant.ToDouble(), Rounding * constant.ToDouble()),
                Sum => OfSum(node.Args, i),
                Product => OfProduct(node.Args, i),
                Call call => OfCall(call, i),
                _ => new(Draw(node, i), 0),
            };
        }

        return values;
    }

    private Sample OfSum(Expr[] terms, int point)
    {
        var (sum, error, size) = (0.0, 0.0, 0.0);
        foreach (var term in terms)
        {
            var (value, own) = known[term][point];
            sum += value;
            error += own;
            size += Math.Abs(value);
        }

        return new(sum, error + (IsWhole(sum, error) ? 0 : Rounding * size));
    }

    private Sample OfProduct(Expr[] factors, int point)
    {
        var (product, error) = (1.0, 0.0);
        foreach (var factor in factors)
        {
            var (value, own) = known[factor][point];
            error = (error * Math.Abs(value)) + (own * Math.Abs(product)) + (error * own);
            product *= value;
        }

        return new(product, error + (IsWhole(product, error) ? 0 : Rounding * factors.Length * Math.Abs(product)));
    }

    private Sample OfCall(Call call, int point)
    {
        var isPower = call.Primitive == Primitives.Pow;
        Span<double> args = stackalloc double[call.Args.Length];
        for (var i = 0; i < args.Length; i++) args[i] = known[call.Args[i]][point].Value;
        if (call.Primitive == Primitives.Select)
        {
            // The branch not taken has no influence.
            var condition = known[call.Args[0]][point];
            if (!(condition.Error < Math.Abs(condition.Value)) && condition.Error > 0) return new(double.NaN, double.PositiveInfinity);
            return known[call.Args[condition.Value != 0 ? 1 : 2]][point];
        }

        var value = Apply(call.Primitive, args, isPower);
        var error = IsWhole(value, 0) && isPower ? 0 : FunctionError * Math.Abs(value);
        for (var i = 0; i < args.Length; i++)
        {
            var own = known[call.Args[i]][point].Error;
            if (own == 0) continue;
            var at = args[i];
            args[i] = at + own;
            var above = Apply(call.Primitive, args, isPower);
            args[i] = at - own;
            var below = Apply(call.Primitive, args, isPower);
            args[i] = at;
            error += Math.Max(Math.Abs(above - value), Math.Abs(below - value));
        }

        return new(value, double.IsNaN(error) ? double.PositiveInfinity : error);
    }

    private static double Apply(Primitive primitive, ReadOnlySpan<double> args, bool isPower)
    {
        if (!isPower) return primitive.HasScalar ? primitive.Evaluate(args) : double.NaN;
        return args[1] switch
        {
            -1 => 1 / args[0],
            2 => args[0] * args[0],
            0.5 => Math.Sqrt(args[0]),
            _ => Math.Pow(args[0], args[1]),
        };
    }

    // Whole numbers of moderate size come without rounding from whole numbers.
    private static bool IsWhole(double value, double error) => error == 0 && Math.Abs(value) < 1e15 && value == Math.Floor(value);

    // ---- Points ---------------------------------------------------------------------------------------------------------------

    private double Draw(Expr leaf, int point)
    {
        var random = Mix(seed + (ulong)(point * 7919) + NameSeed(leaf));
        var unit = (random >> 11) * (1.0 / (1UL << 53));
        var sign = (random & 1) == 0 ? 1 : -1;

        // Half of the points treat all symbols alike, as formulas often need; in the others each has its own kind.
        var kind = point % 16 < 8 ? point % 8 : (int)(Mix(random) % 8);
        var value = kind switch
        {
            0 => (4 * unit) - 2,
            1 => 0.1 + (0.85 * unit),
            2 => 1.05 + (2 * unit),
            3 => sign * 0.95 * unit,
            4 => sign * Math.Pow(10, (2 * unit) - 1),
            5 => 0.2 + (4 * unit),
            6 => Math.Floor(6 * unit) - 2,
            _ => sign * (0.1 + (2.9 * unit)),
        };

        // Zero is where rules fail that hold everywhere else.
        if (point % 32 == 14 || (point % 32 == 22 && sign > 0)) value = 0;
        return leaf is Symbol symbol ? Assumed(symbol, value) : value;
    }

    private static double Assumed(Symbol symbol, double value)
    {
        var facts = symbol.Assumptions;
        if ((facts & Assumptions.Integer) != 0) value = Math.Round(value);
        if ((facts & Assumptions.NonNegative) != 0) value = Math.Abs(value);
        if ((facts & Assumptions.NonPositive) != 0) value = -Math.Abs(value);
        return value == 0 && (facts & Assumptions.NonZero) != 0 ? ((facts & Assumptions.NonPositive) != 0 ? -1 : 1) : value;
    }

    private static ulong NameSeed(Expr leaf)
    {
        // Not the hash code, which differs from process to process.
        var h = 14695981039346656037UL;
        foreach (var c in leaf is Symbol symbol ? symbol.Name : leaf.ToString(200)) h = (h ^ c) * 1099511628211UL;
        return h;
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>A value and a bound of its error; the bound is infinite where nothing is known.</summary>
    internal readonly record struct Sample(double Value, double Error);
}
