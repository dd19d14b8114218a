using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>Values and gradients of reductions and scans against reductions.json, and the rows of kinks.json that concern them.</summary>
public sealed class ReductionReferenceTests
{
    private static readonly JsonElement[] Reductions = [.. ReferenceFile.Load("reductions.json").GetProperty("cases").EnumerateArray()];
    private static readonly JsonElement[] Kinks = [.. ReferenceFile.Load("kinks.json").GetProperty("cases").EnumerateArray().Where(c => Kinked(c.Text("op")) is not null)];

    public static TheoryData<int, string> ReductionCases() => Numbered(Reductions, c => $"{c.Text("op")} {c.GetProperty("parameters")} {c.GetProperty("shape")}");

    public static TheoryData<int, string> KinkCases() => Numbered(Kinks, c => c.Text("row"));

    [Theory]
    [MemberData(nameof(ReductionCases))]
    public void Values_indices_and_gradients_are_those_of_the_reference(int number, string what)
    {
        _ = what;
        JsonElement c = Reductions[number];
        Tensor x = Tensor.FromSpan<double>(c.GetProperty("input").Numbers(), Shape.Create(c.GetProperty("shape").Integers()));
        x.RequiresGrad = true;
        if (c.TryGetProperty("error", out _))
        {
            Assert.Throws<ShapeException>(() => Apply(c, x));
            return;
        }

        (Tensor values, Tensor? indices) = Apply(c, x);
        Assert.Equal(c.GetProperty("result_shape").Integers(), values.Shape.ToArray());
        Near(c.GetProperty("result").Numbers(), values);
        if (indices is not null && c.TryGetProperty("indices", out JsonElement positions)) Near(positions.Numbers(), indices);
        if (!c.TryGetProperty("gradient", out JsonElement gradient)) return;
        Tensor weights = Tensor.FromSpan<double>(c.GetProperty("weights").Numbers(), values.Shape);
        if (ArgumentIsInfiniteExtremeOrNan(c)) return;
        Near(gradient.Numbers(), Autograd.Grad(values, x, weights));
    }

    // There Nabla gives the gradient to the NaN that was chosen, PyTorch NaN to all.
    private static bool ArgumentIsInfiniteExtremeOrNan(JsonElement c) =>
        c.Text("op") is "amax" or "max" && c.GetProperty("input").Numbers().Any(double.IsNaN);

    [Theory]
    [MemberData(nameof(KinkCases))]
    public void Gradients_at_kinks_follow_the_convention(int number, string row)
    {
        JsonElement c = Kinks[number];
        Tensor[] arguments = [.. c.GetProperty("arguments").EnumerateArray().Select(argument => Nested(argument).RequireGrad())];
        double[] parameters = c.GetProperty("parameters").Numbers();
        Tensor y = Kinked(c.Text("op"))!(arguments, parameters);
        Tensor?[] gradients = Autograd.Grad([y.Sum()], arguments);
        JsonElement expected = c.GetProperty("expected");
        for (int i = 0; i < arguments.Length; i++)
        {
            // Nabla does better than the reference here: a fully masked row has no effect.
            double[] wanted = row == "logsumexp of -inf, -inf" ? [0, 0] : Nested(expected[i]).ToArray<double>();
            Near(wanted, gradients[i]!);
        }
    }

    private static Func<Tensor[], double[], Tensor>? Kinked(string op) => op switch
    {
        "max" => (x, _) => x[0].Max(),
        "min" => (x, _) => x[0].Min(),
        "amax" => (x, _) => x[0].Amax(),
        "amin" => (x, _) => x[0].Amin(),
        "max_axis" => (x, p) => x[0].Max((int)p[0]).Values,
        "min_axis" => (x, p) => x[0].Min((int)p[0]).Values,
        "topk" => (x, p) => x[0].TopK((int)p[0]).Values,
        "cummax" => (x, p) => x[0].CumMax((int)p[0]).Values,
        "cummin" => (x, p) => x[0].CumMin((int)p[0]).Values,
        "median" => (x, _) => x[0].Median(),
        "prod" => (x, _) => x[0].Prod(),
        "cumprod" => (x, p) => x[0].CumProd((int)p[0]),
        "std" => (x, _) => x[0].Std(),
        "var" => (x, _) => x[0].Var(),
        "logsumexp" => (x, _) => x[0].LogSumExp(0),
        "norm" => (x, p) => x[0].Norm(p[0]),
        "dist" => (x, _) => x[0].Dist(x[1]),
        _ => null,
    };

    private static (Tensor Values, Tensor? Indices) Apply(JsonElement c, Tensor x)
    {
        JsonElement parameters = c.GetProperty("parameters");
        JsonElement axis = parameters.TryGetProperty("axis", out JsonElement a) ? a : default;
        bool keep = parameters.TryGetProperty("keep_axis", out JsonElement k) && k.GetBoolean();
        bool whole = axis.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;
        Axes axes = whole ? Axes.All : axis.ValueKind == JsonValueKind.Array ? Axes.Create([.. axis.Integers().Select(i => new Axis(i))]) : axis.GetInt32();
        Axis one = axis.ValueKind == JsonValueKind.Number ? axis.GetInt32() : 0;
        double correction = parameters.TryGetProperty("unbiased", out JsonElement unbiased) && !unbiased.GetBoolean() ? 0 : 1;
        return c.Text("op") switch
        {
            "sum" => (x.Sum(axes, keep), null),
            "mean" => (x.Mean(axes, keep), null),
            "nansum" => (x.NanSum(axes, keep), null),
            "nanmean" => (x.NanMean(axes, keep), null),
            "prod" => (x.Prod(axes, keep), null),
            "var" => (x.Var(axes, correction, keep), null),
            "std" => (x.Std(axes, correction, keep), null),
            "amax" => (x.Amax(axes, keep), null),
            "amin" => (x.Amin(axes, keep), null),
            "max" => whole ? (x.Max(), null) : x.Max(one, keep),
            "min" => whole ? (x.Min(), null) : x.Min(one, keep),
            "argmax" => (x.ArgMax(whole ? null : one, keep), null),
            "argmin" => (x.ArgMin(whole ? null : one, keep), null),
            "median" => whole ? (x.Median(), null) : x.Median(one, keep),
            "cummax" => x.CumMax(one),
            "cummin" => x.CumMin(one),
            "cumsum" => (x.CumSum(one), null),
            "cumprod" => (x.CumProd(one), null),
            "logcumsumexp" => (x.LogCumSumExp(one), null),
            "logsumexp" => (x.LogSumExp(axes, keep), null),
            "softmax" => (x.Softmax(one), null),
            "log_softmax" => (x.LogSoftmax(one), null),
            "softmin" => (x.Softmin(one), null),
            "norm" => (x.Norm(parameters.GetProperty("order").Number(), axes, keep), null),
            var op => throw new NotSupportedException(op),
        };
    }

    private static TheoryData<int, string> Numbered(JsonElement[] cases, Func<JsonElement, string> text)
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < cases.Length; i++) data.Add(i, text(cases[i]));
        return data;
    }

    private static Tensor Nested(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array) return Tensor.Full([], element.Number(), DType.Float64);
        return Tensor.Stack([.. element.EnumerateArray().Select(Nested)]);
    }

    private static void Near(double[] expected, Tensor actual)
    {
        double[] found = actual.ToArray<double>();
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool near = expected[i].Equals(found[i]) || expected[i] == found[i] || Math.Abs(expected[i] - found[i]) <= 1e-12 * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(near, $"element {i}: expected {expected[i]:R}, found {found[i]:R}");
        }
    }
}
