namespace Nabla.Symbolics;

/// <summary>
/// Bounds the exact arithmetic that reading a text may cause. Ten characters, 3^40000, make a number of 63,000 bits, and a text may sum
/// thousands of them: before operands are combined, the length of the numbers that would meet is added up.
/// </summary>
internal sealed class ExactWork
{
    private const double LargestBits = 524_288;
    private const double Budget = 1e9;
    private const int Word = 64;
    private double spent;

    /// <summary>Charges for adding terms; false when it would be too much.</summary>
    public bool AllowsSum(List<Expr> terms)
    {
        // Short whole numbers are added as fast as the terms are looked at.
        if (terms.TrueForAll(static operand => operand is Sum ? Array.TrueForAll(operand.Args, IsShort) : IsShort(operand))) return true;
        Dictionary<Expr, Meeting>? meetings = null;
        foreach (var operand in terms)
        {
            if (operand is not Sum sum)
            {
                Meet(operand, ref meetings);
                continue;
            }

            foreach (var term in sum.Args) Meet(term, ref meetings);
        }

        if (meetings is null) return true;
        foreach (var (_, meeting) in meetings)
        {
            if (meeting.Count > 1 && !Spend(meeting.Count, meeting.Numerator + meeting.Denominators)) return false;
        }

        return true;
    }

    /// <summary>Charges for multiplying factors; false when it would be too much.</summary>
    public bool AllowsProduct(List<Expr> factors)
    {
        var bits = 0.0;
        foreach (var factor in factors) bits += BitsOf(factor);
        return Spend(1, bits);
    }

    /// <summary>Charges for a power; false when it would be too much.</summary>
    public bool AllowsPower(Expr @base, Expr exponent) => exponent is not Number || Spend(@base.Args.Length + 1, BitsOf(@base) + BitsOf(exponent));

    /// <summary>Charges for a function of these arguments; false when it would be too much.</summary>
    public bool AllowsCall(Expr[] arguments)
    {
        var bits = 0.0;
        foreach (var argument in arguments) bits += BitsOf(argument);
        return Spend(arguments.Length, bits);
    }

    // Only terms with the same core add their coefficients; denominators multiply, numerators only carry.
    private static void Meet(Expr term, ref Dictionary<Expr, Meeting>? meetings)
    {
        var number = term as Number ?? (term as Product)?.Coefficient ?? Number.One;
        if (!number.IsExact) return;
        var (numerator, denominator) = PartsOf(number);
        var core = term switch
        {
            Number => Number.One,
            Product product => product.Core,
            _ => term,
        };
        meetings ??= [];
        var meeting = meetings.GetValueOrDefault(core);
        meetings[core] = new Meeting(meeting.Count + 1, Math.Max(meeting.Numerator, numerator), meeting.Denominators + denominator);
    }

    private static bool IsShort(Expr term)
    {
        var number = term as Number ?? (term as Product)?.Coefficient ?? Number.One;
        return !number.IsExact || (number.Value.TryGetSmall(out _, out var denominator) && denominator == 1);
    }

    private bool Spend(double count, double bits)
    {
        if (bits > LargestBits) return false;
        spent += count * (bits / Word) * (bits / Word);
        return spent <= Budget;
    }

    private static double BitsOf(Expr node)
    {
        switch (node)
        {
            case Number { IsExact: true } number:
                var (numerator, denominator) = PartsOf(number);
                return numerator + denominator;
            case Call { Args: [var @base, Number exponent] } power when power.Primitive == Primitives.Pow:
                return BitsOf(exponent) + (@base is Number ? BitsOf(@base) : 0);
            case Product or Sum:
                var bits = 0.0;
                foreach (var arg in node.Args)
                {
                    // One level below: a term's coefficient, a factor's exponent.
                    bits = Math.Max(bits, arg is Sum ? 0 : arg is Product product ? BitsOf(product.Coefficient) : BitsOf(arg));
                }

                return bits;
            default:
                return 0;
        }
    }

    private static (double Numerator, double Denominator) PartsOf(Number number) => number.Value.TryGetSmall(out var numerator, out var denominator)
        ? (Math.Log2(Math.Abs((double)numerator) + 1), denominator == 1 ? 0 : Math.Log2(denominator))
        : (number.Value.Numerator.GetBitLength(), number.Value.Denominator.IsOne ? 0 : number.Value.Denominator.GetBitLength());

    private readonly record struct Meeting(int Count, double Numerator, double Denominators);
}
