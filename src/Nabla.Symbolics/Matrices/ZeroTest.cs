using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// Whether a formula is 0 whatever its symbols are, as a rational function of the symbols and of everything that is not arithmetic. It is
/// evaluated at two random points modulo a prime of 61 bits (Schwartz and Zippel): a formula that is not 0 passes for 0 with a probability
/// of about 2^-100. Residues are kept, so that formulas that share subterms are cheap.
/// </summary>
internal sealed class ZeroTest
{
    private const ulong Prime = (1UL << 61) - 1;
    private readonly Random random = new(20260101);

    /// <summary>The residues of a formula at both points; null where a denominator is 0 or a number is not exact.</summary>
    private readonly Dictionary<Expr, (ulong First, ulong Second)?> residues = [];

    public bool IsZero(Expr formula)
    {
        foreach (var node in Pending(formula)) residues[node] = ResidueOf(node);
        return residues[formula] is (0, 0);
    }

    private List<Expr> Pending(Expr formula)
    {
        var order = new List<Expr>();
        var stack = new Stack<(Expr Node, bool Done)>();
        stack.Push((formula, false));
        while (stack.TryPop(out var top))
        {
            if (top.Done)
            {
                order.Add(top.Node);
                continue;
            }

            if (!residues.TryAdd(top.Node, null)) continue;
            stack.Push((top.Node, true));
            if (!IsArithmetic(top.Node)) continue;
            foreach (var operand in top.Node.Operands) stack.Push((operand, false));
        }

        return order;
    }

    private static bool IsArithmetic(Expr node) => node is Sum or Product || WholeExponent(node) is not null;

    private static long? WholeExponent(Expr node) =>
        node is Call { Operands: [_, Number { IsExact: true } exponent] } call && call.Primitive == Primitives.Pow
        && exponent.Value.TryGetSmall(out var power, out var denominator) && denominator == 1
            ? power
            : null;

    private (ulong First, ulong Second)? ResidueOf(Expr node)
    {
        switch (node)
        {
            case Number { IsExact: false }: return null;
            case Number number:
                var (numerator, denominator) = (Reduce(number.Value.Numerator), Reduce(number.Value.Denominator));
                if (denominator == 0) return null;
                var value = Multiply(numerator, Power(denominator, Prime - 2));
                return (value, value);
            case Sum or Product:
                (ulong First, ulong Second) total = node is Sum ? (0UL, 0UL) : (1UL, 1UL);
                foreach (var operand in node.Operands)
                {
                    if (residues[operand] is not { } residue) return null;
                    total = node is Sum
                        ? ((total.First + residue.First) % Prime, (total.Second + residue.Second) % Prime)
                        : (Multiply(total.First, residue.First), Multiply(total.Second, residue.Second));
                }

                return total;
            default:
                if (WholeExponent(node) is not { } exponent) return (Next(), Next());
                if (residues[node.Operands[0]] is not { } @base) return null;
                return Power(@base.First, exponent) is { } first && Power(@base.Second, exponent) is { } second ? (first, second) : null;
        }
    }

    private ulong Next() => (ulong)random.NextInt64(1, (long)Prime);

    private static ulong? Power(ulong @base, long exponent)
    {
        if (exponent >= 0) return Power(@base, (ulong)exponent);
        if (@base == 0) return null;
        return Power(Power(@base, Prime - 2), (ulong)-exponent);
    }

    private static ulong Power(ulong @base, ulong exponent)
    {
        var result = 1UL;
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) result = Multiply(result, @base);
            @base = Multiply(@base, @base);
        }

        return result;
    }

    private static ulong Multiply(ulong a, ulong b) => (ulong)((UInt128)a * b % Prime);

    private static ulong Reduce(BigInteger value)
    {
        var rest = (BigInteger)(value % Prime);
        return (ulong)(rest.Sign < 0 ? rest + Prime : rest);
    }
}
