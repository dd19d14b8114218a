using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>Values and gradients of linear algebra against PyTorch's (linalg.py), or against what we mean instead where it says so.</summary>
public sealed class LinalgReferenceTests
{
    private static readonly JsonElement[] Cases = [.. ReferenceFile.Load("linalg.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> Indices()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < Cases.Length; i++) data.Add(i, Cases[i].Text("op"));
        return data;
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Value_and_gradient_are_those_of_the_reference(int index, string op)
    {
        JsonElement test = Cases[index], parameters = test.GetProperty("parameters");
        Tensor[] x = [.. test.GetProperty("arguments").EnumerateArray().Select(argument => ReferenceFile.Tensor(argument).RequireGrad())];
        (Tensor[] results, Tensor value) = Evaluate(op, parameters, x);
        JsonElement[] expected = [.. test.GetProperty("result").EnumerateArray()];
        for (int i = 0; i < expected.Length; i++) Close(ReferenceFile.Tensor(expected[i]), results[i]);
        Assert.Equal(test.GetProperty("value").Number(), value.Item(), 1e-10);

        value.Backward();
        JsonElement[] gradients = [.. test.GetProperty(test.TryGetProperty("expected", out _) ? "expected" : "gradients").EnumerateArray()];
        for (int i = 0; i < gradients.Length; i++) Close(ReferenceFile.Tensor(gradients[i]), x[i].Grad!);
    }

    private static (Tensor[] Results, Tensor Value) Evaluate(string op, JsonElement parameters, Tensor[] x)
    {
        Tensor[] results;
        switch (op)
        {
            case "slogdet":
                (Tensor sign, Tensor log) = Linalg.SlogDet(x[0]);
                return ([sign, log], Weighted(log));
            case "qr":
                (Tensor q, Tensor r) = Linalg.Qr(x[0]);
                Tensor signs = Signs(r);
                results = [q * signs.Unsqueeze(^2), r * signs.Unsqueeze(^1)];
                return (results, Weighted(results));
            case "eigh":
                (Tensor w, Tensor v) = Linalg.Eigh(x[0]);
                return ([w, v.Square()], Weighted(w, v.Square()));
            case "svd":
                (Tensor u, Tensor s, Tensor vh) = Linalg.Svd(x[0]);
                return ([u.Square(), s, vh.Square()], Weighted(u.Square(), s, vh.Square()));
            default:
                Tensor result = Single(op, parameters, x);
                return ([result], Weighted(result));
        }
    }

    private static Tensor Single(string op, JsonElement parameters, Tensor[] x) => op switch
    {
        "inv" => Linalg.Inv(x[0]),
        "det" => Linalg.Det(x[0]),
        "solve" => Linalg.Solve(x[0], x[1]),
        "cholesky" => Linalg.Cholesky(x[0]),
        "eigvalsh" => Linalg.Eigvalsh(x[0]),
        "svdvals" => Linalg.Svdvals(x[0]),
        "svd_product" => SvdProduct(x[0]),
        "pinv" => Linalg.Pinv(x[0]),
        "matmul" => x[0].MatMul(x[1]),
        "outer" => x[0].Outer(x[1]),
        "dot" => x[0].Dot(x[1]),
        "cross" => x[0].Cross(x[1]),
        "tensor_dot" => parameters.GetProperty("axes") is { ValueKind: JsonValueKind.Number } axes ? x[0].TensorDot(x[1], axes.GetInt32()) : x[0].TensorDot(x[1], 1, 0),
        "einsum" => Tensor.Einsum(parameters.Text("equation"), x),
        "trace" => Tensor.Einsum("ii", x),
        "matrix_power" => Linalg.MatrixPower(x[0], parameters.GetProperty("exponent").GetInt32()),
        "matrix_exp" => Linalg.MatrixExp(x[0]),
        "matrix_norm" => MatrixNorm(x[0], parameters.GetProperty("order")),
        _ => throw new NotSupportedException(op),
    };

    private static Tensor MatrixNorm(Tensor x, JsonElement order) => order.ValueKind == JsonValueKind.String && order.GetString() is "fro" or "nuc"
        ? Linalg.MatrixNorm(x, order.GetString()!)
        : Linalg.MatrixNorm(x, order.Number());

    private static Tensor SvdProduct(Tensor x)
    {
        (Tensor u, Tensor s, Tensor vh) = Linalg.Svd(x);
        return (u * s.Square().Unsqueeze(^2)).MatMul(vh);
    }

    /// <summary>The signs of R's diagonal, as constants.</summary>
    private static Tensor Signs(Tensor r)
    {
        Tensor diagonal = r.Diagonal(0, ^2, ^1).Detach();
        return Tensor.FromSpan<double>(Array.ConvertAll(diagonal.ToArray<double>(), v => (double)Math.Sign(v)), diagonal.Shape);
    }

    private static Tensor Weighted(params Tensor[] results)
    {
        Tensor sum = Tensor.Zeros([], DType.Float64);
        foreach (Tensor result in results)
        {
            double[] weights = [.. Enumerable.Range(0, result.Numel).Select(i => 0.5 + (0.25 * (i % 5)) - (0.1 * (i % 3)))];
            sum += (result * Tensor.FromSpan<double>(weights, result.Shape)).Sum();
        }
        return sum;
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] e = expected.ToArray<double>(), a = actual.ToArray<double>();
        for (int i = 0; i < e.Length; i++)
            Assert.True(e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= 1e-9 * Math.Max(1, Math.Abs(e[i])), $"element {i} is {a[i]:R}, expected {e[i]:R}");
    }
}
