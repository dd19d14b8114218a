namespace Nabla.Symbolics.Tests;

/// <summary>Every rule of the table is checked numerically: wherever the left side has a value, the right side has the same.</summary>
public sealed class RewriteRuleTests
{
    public static TheoryData<int> Rules
    {
        get
        {
            var rows = new TheoryData<int>();
            for (var i = 0; i < RewriteRules.All.Count; i++) rows.Add(i);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Both_sides_of_a_rule_have_the_same_value_wherever_the_left_side_has_one(int index)
    {
        var rule = RewriteRules.All[index];
        Assert.NotEmpty(rule.Examples);
        Assert.NotEmpty(rule.Domain);
        foreach (var (from, to) in rule.Examples)
        {
            var points = new SamplePoints(400, 77);
            if (ReferenceEquals(from, to) || Array.TrueForAll(points.Of(from), sample => !double.IsFinite(sample.Value))) continue;
            Assert.True(points.Agree(from, to), $"{rule}: {from} is not {to}");
        }
    }

    [Fact]
    public void A_wrong_rule_would_be_noticed()
    {
        var x = Expr.Symbol("x");
        var points = new SamplePoints(24, 0x5EED_0001);
        Assert.False(points.Agree(Functions.Sqrt(x * x), x));
        Assert.False(points.Agree(Functions.Log(x * x), 2 * Functions.Log(x)));
        Assert.False(points.Agree(Functions.Asin(Functions.Sin(x)), x));
        Assert.False(points.Agree(x, x / x * x + 1e-7));
        Assert.False(points.Agree(Functions.Square(Functions.Sign(x)), 1));
        Assert.True(points.Agree(Functions.Square(Functions.Abs(x)), x * x));
    }
}
