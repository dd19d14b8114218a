using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Nabla.Symbolics;

namespace Nabla.Tests.Verification;

public sealed class ComputationGraphTests
{
    private static Tensor Number(double value) => VerifyTests.Number(value);

    private static double Scalar(Tensor? x) => x!.Item();

    [Fact]
    public void Each_node_has_its_value_and_the_gradient_that_arrives_there()
    {
        // y = exp(-x²/2) at 2: -2 goes into exp, whose value is both the result and the gradient of its argument.
        ComputationGraph graph = ComputationGraph.Of(x => (-x.Pow(2) / 2).Exp(), Number(2));

        double y = Math.Exp(-2);
        Assert.Equal(["x", "Pow", "Neg", "Div", "Exp"], graph.Nodes.Select(node => node.Operation));
        Assert.Equal([2, 4, -4, -2, y], graph.Nodes.Select(node => Scalar(node.Value)));
        double[] gradients = [-2 * y, -y / 2, y / 2, y, 1];
        for (int i = 0; i < gradients.Length; i++) Assert.Equal(gradients[i], Scalar(graph.Nodes[i].Gradient), 1e-15);
        Assert.Equal(4, graph.Output);
        Assert.Equal("Div(·, 2)", graph.Nodes[3].Label);
        Assert.Equal(GraphNodeKind.Input, graph.Nodes[0].Kind);
    }

    [Fact]
    public void A_value_used_twice_is_one_node_and_its_gradients_add()
    {
        ComputationGraph graph = ComputationGraph.Of((x, y) => { Tensor p = x * y; return p + p.Sin(); }, (Number(2), Number(0.5)));

        GraphNode product = graph.Nodes.Single(node => node.Operation == "Mul");
        Assert.Equal(1 + Math.Cos(1), Scalar(product.Gradient), 1e-15);
        Assert.Equal(2, graph.Nodes.Count(node => node.Inputs.Contains(product.Id)));
        Assert.Equal(["x", "y"], graph.Nodes.Where(node => node.Kind == GraphNodeKind.Input).Select(node => node.Operation));
    }

    [Fact]
    public void Constants_of_several_elements_are_nodes_and_in_place_operations_are_followed()
    {
        Tensor weights = VerifyTests.Vector(1, 2, 3);
        ComputationGraph graph = ComputationGraph.Of(xs =>
        {
            Tensor sum = Tensor.Of(0.0, DType.Float64);
            sum.AddInPlace((xs[0] * weights).Sum());
            sum.MulInPlace(2);
            return sum;
        }, [VerifyTests.Vector(1, 1, 1)], ["v"]);

        GraphNode constant = graph.Nodes.Single(node => node.Kind == GraphNodeKind.Constant);
        Assert.Equal([1.0, 2, 3], constant.Value!.ToArray<double>());
        Assert.Equal([2.0, 4, 6], graph.Nodes.Single(node => node.Operation == "v").Gradient!.ToArray<double>());
        Assert.Equal(12, Scalar(graph.Nodes[graph.Output].Value));
    }

    [Fact]
    public void Inputs_come_before_what_reads_them_in_any_graph()
    {
        ComputationGraph graph = ComputationGraph.Of(x => { (Tensor values, Tensor _) = x.Sort(); Tensor[] parts = values.Unbind(); return parts[0] * parts[2] + x.Max(); }, VerifyTests.Vector(3, 1, 2));

        Assert.All(graph.Nodes, node => Assert.All(node.Inputs, input => Assert.True(input < node.Id)));
        Assert.Equal(6, Scalar(graph.Nodes[graph.Output].Value));
    }

    [Fact]
    public void The_users_tensors_are_left_alone()
    {
        Tensor captured = Number(3).RequireGrad(), at = Number(2).RequireGrad();
        ComputationGraph graph = ComputationGraph.Of(x => x * captured, at);

        Assert.Null(captured.Grad);
        Assert.Null(at.Grad);
        Assert.Equal(3, Scalar(graph.Nodes.Single(node => node.Operation == "x").Gradient));
        Assert.Contains(graph.Nodes, node => node.Operation == "captured");
    }

    [Fact]
    public void The_graph_that_a_tensor_remembers_can_be_drawn_and_still_be_used()
    {
        Tensor x = Number(2).RequireGrad(), y = (x * x).Exp();
        ComputationGraph graph = ComputationGraph.Of(y);

        Assert.Equal(["x", "Mul", "Exp"], graph.Nodes.Select(node => node.Operation));
        Assert.Equal(4 * Math.Exp(4), Scalar(graph.Nodes[0].Gradient), 1e-10);
        y.Backward();
        Assert.Equal(4 * Math.Exp(4), x.Grad!.Item(), 1e-10);
        Assert.Null(ComputationGraph.Of(y).Nodes[1].Gradient);
        Assert.Throws<AutogradException>(() => ComputationGraph.Of(Number(1)));
    }

    [Fact]
    public void A_result_that_does_not_depend_on_the_inputs_is_one_node()
    {
        Assert.Equal(GraphNodeKind.Constant, Assert.Single(ComputationGraph.Of(x => Number(3), Number(1)).Nodes).Kind);
        Assert.Equal("x", Assert.Single(ComputationGraph.Of(x => x, Number(1)).Nodes).Operation);
    }

    [Fact]
    public void Large_values_are_left_out_and_their_shapes_are_shown()
    {
        ComputationGraph graph = ComputationGraph.Of(x => x.Exp().Sum(), Tensor.Zeros([100, 100], DType.Float64));

        Assert.Null(graph.Nodes[1].Value);
        Assert.Contains("100×100", graph.ToSvg(), StringComparison.Ordinal);
    }

    // ---- formulas -----------------------------------------------------------------------------------------------------

    [Fact]
    public void A_formula_has_values_and_gradients_at_every_term()
    {
        Symbol x = Expr.Symbol("x"), y = Expr.Symbol("y");
        Expr formula = Functions.Exp(-(x * x + y * y) / 2) * Functions.Sin(x * y) / (1 + x) + Functions.Max(x, y) + Functions.Atan2(y, x);
        var at = new Dictionary<Symbol, double> { [x] = 2, [y] = 0.5 };

        ComputationGraph graph = ComputationGraph.Of(formula, at);

        Assert.Equal(formula.Evaluate(at), Scalar(graph.Nodes[graph.Output].Value), 1e-14);
        foreach (Symbol symbol in new[] { x, y })
            Assert.Equal(formula.Diff(symbol).Evaluate(at), Scalar(graph.Nodes.Single(node => node.Operation == symbol.Name).Gradient), 1e-13);
        Assert.All(ComputationGraph.Of(formula).Nodes, node => Assert.Null(node.Value));
        Assert.Throws<ArgumentException>(() => ComputationGraph.Of(formula, new Dictionary<Symbol, double> { [x] = 1 }));
    }

    [Fact]
    public void A_formula_as_deep_as_the_stack_is_drawn_in_part()
    {
        Symbol x = Expr.Symbol("x");
        Expr formula = x;
        for (int i = 0; i < 50_000; i++) formula = Functions.Sin(formula);

        ComputationGraph graph = ComputationGraph.Of(formula, new Dictionary<Symbol, double> { [x] = 1 });

        Assert.Equal(50_001, graph.Nodes.Count);
        Assert.Contains("250 of 50,001 nodes shown", graph.ToSvg(), StringComparison.Ordinal);
    }

    // ---- drawings -----------------------------------------------------------------------------------------------------

    [Fact]
    public void A_large_graph_is_cut_with_a_note()
    {
        ComputationGraph graph = ComputationGraph.Of(x => { Tensor h = x; for (int i = 0; i < 2500; i++) h = (h * 1.01).Sin(); return h; }, Number(1));

        Assert.Equal(5001, graph.Nodes.Count);
        Assert.Contains("412 of 5,001 nodes shown", graph.ToSvg(412), StringComparison.Ordinal);
        Assert.Contains("2,000 of 5,001 nodes shown", graph.ToDot(), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => graph.ToSvg(0));
    }

    [Fact]
    public void A_drawing_is_well_formed_whatever_the_names_are()
    {
        string svg = ComputationGraph.Of(Expr.Symbol("a<b&\"c\"\u0001") + Expr.Symbol("y")).ToSvg();

        XElement root = XElement.Parse(svg);
        Assert.Contains(root.Descendants(), element => element.Name.LocalName == "text" && element.Value.Contains("a<b&\"c\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_drawing_is_the_same_every_time()
    {
        string Draw() => ComputationGraph.Of((x, y) => (x * y).Sin() + x.Exp() * y, (Number(1), Number(2))).ToSvg();

        Assert.Equal(Draw(), Draw());
    }

    [Fact]
    public void No_boxes_overlap_and_all_edges_lead_down_in_random_graphs()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int count = 1 + random.Next(120);
            var sizes = Enumerable.Range(0, count).Select(_ => (Width: 46.0 + random.Next(200), Height: 30.0 + random.Next(40))).ToArray();
            var edges = new HashSet<(int From, int To)>();
            for (int k = 0; k < count * 3 / 2; k++)
            {
                (int a, int b) = (random.Next(count), random.Next(count));
                if (a != b) edges.Add((Math.Min(a, b), Math.Max(a, b)));
            }

            LayeredLayout layout = LayeredLayout.Of(sizes, [.. edges]);

            for (int i = 0; i < count; i++)
            {
                Assert.InRange(layout.Left[i], 0, layout.Width - sizes[i].Width);
                Assert.InRange(layout.Top[i], 0, layout.Height - sizes[i].Height);
                for (int j = 0; j < i; j++)
                {
                    bool apart = layout.Left[i] + sizes[i].Width <= layout.Left[j] || layout.Left[j] + sizes[j].Width <= layout.Left[i]
                        || layout.Top[i] + sizes[i].Height <= layout.Top[j] || layout.Top[j] + sizes[j].Height <= layout.Top[i];
                    Assert.True(apart, $"seed {seed}: boxes {i} and {j} overlap");
                }
            }
            Assert.All(edges, edge => Assert.True(layout.Top[edge.From] + sizes[edge.From].Height < layout.Top[edge.To], $"seed {seed}: {edge}"));
        }
    }

    [Fact]
    public void Dot_names_every_node_and_edge_once()
    {
        ComputationGraph graph = ComputationGraph.Of((x, y) => x * y + x, (Number(2), Number(3)));
        string dot = graph.ToDot();

        Assert.StartsWith("digraph computation {", dot, StringComparison.Ordinal);
        Assert.EndsWith("}\n", dot, StringComparison.Ordinal);
        Assert.Equal(graph.Nodes.Count, Regex.Count(dot, @"^  n\d+ \[label=", RegexOptions.Multiline));
        Assert.Equal(graph.Nodes.Sum(node => node.Inputs.Count), Regex.Count(dot, "->"));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"n{graph.Output} [label=\"Add\\n= 8\\n∂ 1\", peripheries=2]"), dot, StringComparison.Ordinal);
    }
}
