namespace Nabla.Symbolics.Tests.Text;

public sealed class RoundTripTests
{
    [Fact]
    public void The_text_of_10000_random_formulas_gives_the_same_node_again()
    {
        var random = new RandomFormulas(seed: 20);
        for (var i = 0; i < 10_000; i++)
        {
            var formula = random.Next(nodes: 60);
            var text = formula.ToString();
            Assert.True(Expr.TryParse(text, out var again, out var error), $"{i}: {error}");
            Assert.True(ReferenceEquals(formula, again), $"{i}: {text}{Environment.NewLine}became {again}{Environment.NewLine}{FirstDifference(formula, again)}");
        }
    }

    private static string FirstDifference(Expr a, Expr b)
    {
        while (a.GetType() == b.GetType() && a.Operands.Count == b.Operands.Count)
        {
            var i = 0;
            while (i < a.Operands.Count && ReferenceEquals(a.Operands[i], b.Operands[i])) i++;
            if (i == a.Operands.Count) break;
            (a, b) = (a.Operands[i], b.Operands[i]);
        }

        return $"first difference: {Describe(a)} and {Describe(b)}";
    }

    private static string Describe(Expr node) => $"{node.GetType().Name} {node} [{string.Join(" ; ", node.Operands)}]";
}
