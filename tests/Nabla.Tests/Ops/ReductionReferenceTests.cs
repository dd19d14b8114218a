using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>Values and gradients of reductions and scans against reductions.json.</summary>
public sealed class ReductionReferenceTests
{
    private static readonly JsonElement[] Reductions = [.. ReferenceFile.Load("reductions.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> ReductionCases() => Numbered(Reductions, c => $"{c.Text("op")} {c.GetProperty("parameters")} {c.GetProperty("shape")}");

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
