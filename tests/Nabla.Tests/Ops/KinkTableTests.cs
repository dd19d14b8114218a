using System.Text.Json;
using Nabla.Nn;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>
/// The table of gradients at kinks, ties and infinities (docs/semantics.md), every row of it: kinks.json, and below what it
/// leaves out. A row without a call here fails.
/// </summary>
public sealed class KinkTableTests
{
    private static readonly JsonElement[] Table = [.. ReferenceFile.Load("kinks.json").GetProperty("cases").EnumerateArray()];

    // Operations that are not elementwise, or whose positions are constants of the row.
    private static readonly Dictionary<string, Func<Tensor[], double[], Tensor>> Calls = new()
    {
        ["max"] = (x, _) => x[0].Max(),
        ["min"] = (x, _) => x[0].Min(),
        ["amax"] = (x, _) => x[0].Amax(),
        ["amin"] = (x, _) => x[0].Amin(),
        ["max_axis"] = (x, p) => x[0].Max((int)p[0]).Values,
        ["min_axis"] = (x, p) => x[0].Min((int)p[0]).Values,
        ["topk"] = (x, p) => x[0].TopK((int)p[0]).Values,
        ["max_pool1d"] = (x, p) => x[0].Unfold(^1, (int)p[0], (int)p[0]).Max(^1).Values,
        ["cummax"] = (x, p) => x[0].CumMax((int)p[0]).Values,
        ["cummin"] = (x, p) => x[0].CumMin((int)p[0]).Values,
        ["median"] = (x, _) => x[0].Median(),
        ["smooth_l1_loss"] = (x, _) => Losses.SmoothL1(x[0], x[1]),
        ["huber_loss"] = (x, _) => Losses.Huber(x[0], x[1]),
        ["prod"] = (x, _) => x[0].Prod(),
        ["cumprod"] = (x, p) => x[0].CumProd((int)p[0]),
        ["std"] = (x, _) => x[0].Std(),
        ["var"] = (x, _) => x[0].Var(),
        ["logsumexp"] = (x, p) => x[0].LogSumExp((int)p[0]),
        ["norm"] = (x, p) => x[0].Norm(p[0]),
        ["dist"] = (x, _) => x[0].Dist(x[1]),
        ["cdist"] = (x, _) => (x[0].Unsqueeze(^2) - x[1].Unsqueeze(^3)).Norm(2, ^1),
        ["nuclear_norm"] = (x, _) => Linalg.MatrixNorm(x[0], "nuc"),
        ["index_select"] = (x, _) => x[0].IndexSelect(0, Positions(1, 1, 0)),
        ["gather"] = (x, _) => x[0].Gather(0, Positions(1, 1, 0)),
        ["scatter_add"] = (x, _) => x[0].ScatterAdd(0, Positions(1, 1, 0), x[1]),
        ["index_put"] = (x, _) => x[0].IndexPut([Positions(1, 1)], x[1], accumulate: true),
        ["eigh_vectors"] = (x, _) => Linalg.Eigh(x[0]).Vectors[0, 0],
        ["eigvalsh"] = (x, _) => Linalg.Eigvalsh(x[0]),
        ["det"] = (x, _) => Linalg.Det(x[0]),
        ["cosine_similarity"] = (x, _) => Direction(x[0]).Dot(Direction(x[1])),
    };

    // Where Nabla does better than the reference, on purpose: a fully masked row has no effect.
    private static readonly Dictionary<string, double[]> Better = new() { ["logsumexp of -inf, -inf"] = [0, 0] };

    public static TheoryData<int, string> Rows()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < Table.Length; i++) data.Add(i, Table[i].Text("row"));
        return data;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Gradient_at_a_kink_follows_the_table(int number, string row)
    {
        JsonElement example = Table[number];
        Tensor[] arguments = [.. example.GetProperty("arguments").EnumerateArray().Select(argument => Nested(argument).RequireGrad())];
        Tensor y = Call(example.Text("op"), arguments, example.Parameters());

        if (example.GetProperty("value").ValueKind != JsonValueKind.Null) Near($"{row}: value", Numbers(example.GetProperty("value")), y);
        Tensor?[] gradients = y.RequiresGrad ? Autograd.Grad([y.Sum()], arguments, allowUnused: true) : new Tensor?[arguments.Length];
        int index = 0;
        foreach (JsonElement expected in example.GetProperty("expected").EnumerateArray())
        {
            Tensor gradient = gradients[index] ?? Tensor.ZerosLike(arguments[index]);
            if (expected.ValueKind != JsonValueKind.Null) Near($"{row}: gradient {index}", Better.GetValueOrDefault(row) ?? Numbers(expected), gradient);
            index++;
        }
    }

    [Fact]
    public void A_choice_of_the_argument_makes_where_of_a_root_safe()
    {
        Tensor x = Tensor.Of([-1, 0, 4], DType.Float64, requiresGrad: true);
        Tensor positive = x > 0;

        Tensor y = Tensor.Where(positive, Tensor.Where(positive, x, 1).Sqrt(), 0);

        Near("value", [0, 0, 2], y);
        Near("gradient", [0, 0, 0.25], Autograd.Grad(y.Sum(), x));
    }

    [Fact]
    public void A_bound_on_the_argument_makes_where_of_a_root_safe_but_at_the_bound()
    {
        Tensor x = Tensor.Of([-1, 0, 4], DType.Float64, requiresGrad: true);

        Tensor y = Tensor.Where(x > 0, x.Clamp(min: 0).Sqrt(), 0);

        Near("gradient", [0, double.NaN, 0.25], Autograd.Grad(y.Sum(), x));
    }

    [Fact]
    public void Nuclear_norm_of_zeros_has_a_subgradient()
    {
        Tensor x = Tensor.Zeros([2, 2], DType.Float64, requiresGrad: true);

        Tensor gradient = Autograd.Grad(Linalg.MatrixNorm(x, "nuc"), x);

        // Subgradients there are the matrices of spectral norm at most 1.
        Assert.True(Linalg.MatrixNorm(gradient, 2).Item() <= 1 + 1e-12);
    }

    [Fact]
    public void Deviation_of_one_element_is_NaN_and_has_a_gradient()
    {
        Tensor x = Tensor.Of([3], DType.Float64, requiresGrad: true);

        Tensor y = x.Std();

        Near("value", [double.NaN], y);
        Assert.Equal(x.Shape, Autograd.Grad(y, x).Shape);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Determinant_of_rank_two_less_than_full_is_flat(int n)
    {
        Tensor x = Tensor.Zeros([n, n], DType.Float64);
        x[..(n - 2), ..(n - 2)] = Tensor.Eye(n - 2, dtype: DType.Float64) * 2;
        x.RequireGrad();

        Near("gradient", new double[n * n], Autograd.Grad(Linalg.Det(x), x));
    }

    [Fact]
    public void Repeated_positions_in_an_accumulating_put_reach_every_source()
    {
        Tensor x = Tensor.Of([5, 6], DType.Float64, requiresGrad: true), source = Tensor.Of([1, 2, 3], DType.Float64, requiresGrad: true);

        Tensor y = x.Put(Positions(1, 1, 0), source, accumulate: true);

        Near("value", [8, 9], y);
        Tensor?[] gradients = Autograd.Grad([(y * Tensor.Of([10, 20], DType.Float64)).Sum()], [x, source]);
        Near("gradient of x", [10, 20], gradients[0]!);
        Near("gradient of the source", [20, 20, 10], gradients[1]!);
    }

    private static Tensor Call(string op, Tensor[] arguments, double[] parameters)
    {
        if (Calls.TryGetValue(op, out Func<Tensor[], double[], Tensor>? call)) return call(arguments, parameters);
        Assert.True(NamedOps.IsElementwise(op), $"kinks.json has a row for {op}, this test no call of it. Add it to {nameof(Calls)}.");
        return NamedOps.Call(op, arguments, parameters);
    }

    /// <summary>The vector of length 1, or zeros where there is no direction.</summary>
    private static Tensor Direction(Tensor x)
    {
        Tensor length = x.Norm(), some = length > 0;
        return Tensor.Where(some, x / Tensor.Where(some, length, 1), 0);
    }

    private static Tensor Positions(params ReadOnlySpan<long> positions) => Tensor.FromSpan<long>(positions);

    private static Tensor Nested(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array) return Tensor.Full([], element.Number(), DType.Float64);
        return Tensor.Stack([.. element.EnumerateArray().Select(Nested)]);
    }

    private static double[] Numbers(JsonElement element) => Nested(element).ToArray<double>();

    private static void Near(string what, double[] expected, Tensor actual)
    {
        double[] found = actual.ToArray<double>();
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool near = expected[i].Equals(found[i]) || expected[i] == found[i] || Math.Abs(expected[i] - found[i]) <= 1e-12 * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(near, $"{what}: element {i}: expected {expected[i]:R}, found {found[i]:R}");
        }
    }
}
