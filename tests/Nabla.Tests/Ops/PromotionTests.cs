using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>The element type of results, beside PyTorch's.</summary>
public sealed class PromotionTests
{
    private static readonly JsonElement[] Examples = [.. ReferenceFile.Load("promotion.json").GetProperty("cases").EnumerateArray()];

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> OfTwo = new()
    {
        ["add"] = (a, b) => a + b,
        ["sub"] = (a, b) => a - b,
        ["mul"] = (a, b) => a * b,
        ["div"] = (a, b) => a / b,
        ["pow"] = (a, b) => a.Pow(b),
        ["less"] = (a, b) => a < b,
        ["floor_divide"] = (a, b) => a.FloorDivide(b),
        ["atan2"] = (a, b) => a.Atan2(b),
        ["maximum"] = (a, b) => a.Maximum(b),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor>> OfOne = new()
    {
        ["neg"] = a => -a,
        ["abs"] = a => a.Abs(),
        ["exp"] = a => a.Exp(),
        ["sqrt"] = a => a.Sqrt(),
        ["floor"] = a => a.Floor(),
        ["square"] = a => a.Square(),
        ["isnan"] = a => a.IsNaN(),
        ["sign"] = a => a.Sign(),
        ["round"] = a => a.Round(),
        ["reciprocal"] = a => a.Reciprocal(),
    };

    private static readonly Dictionary<string, (Func<Tensor, double, Tensor> Real, Func<Tensor, long, Tensor> Whole)> WithNumber = new()
    {
        ["add"] = ((a, n) => a + n, (a, n) => a + n),
        ["sub"] = ((a, n) => a - n, (a, n) => a - n),
        ["mul"] = ((a, n) => a * n, (a, n) => a * n),
        ["div"] = ((a, n) => a / n, (a, n) => a / n),
        ["less"] = ((a, n) => a < n, (a, n) => a < n),
        ["floor_divide"] = ((a, n) => a.FloorDivide(n), (a, n) => a.FloorDivide(n)),
        ["reverse_div"] = ((a, n) => n / a, (a, n) => n / a),
        ["reverse_sub"] = ((a, n) => n - a, (a, n) => n - a),
    };

    [Fact]
    public void Two_tensors_give_the_type_of_PyTorch()
    {
        foreach (JsonElement example in Examples.Where(example => example.Text("kind") == "tensors"))
        {
            int[] ranks = example.GetProperty("ranks").Integers();
            Tensor a = Ones(example.Text("left"), ranks[0]), b = Ones(example.Text("right"), ranks[1]);
            foreach ((string name, Func<Tensor, Tensor, Tensor> op) in OfTwo)
            {
                // What PyTorch refuses for no reason of mathematics (dividing truth values) may be allowed.
                if (example.Text(name) == "error" && name != "sub") continue;
                AssertType($"{name} of {a.DType} {a.Shape} and {b.DType} {b.Shape}", example.Text(name), () => op(a, b));
            }
        }
    }

    [Fact]
    public void A_tensor_and_a_number_give_the_type_of_PyTorch()
    {
        foreach (JsonElement example in Examples.Where(example => example.Text("kind") == "number" && example.Text("right") != "bool"))
        {
            Tensor a = Ones(example.Text("left"), example.GetProperty("ranks").Integers()[0]);
            bool whole = example.Text("right") == "int";
            foreach ((string name, (Func<Tensor, double, Tensor> real, Func<Tensor, long, Tensor> integer)) in WithNumber)
                AssertType($"{name} of {a.DType} {a.Shape} and {example.Text("right")}", example.Text(name), () => whole ? integer(a, 2) : real(a, 2));
        }
    }

    [Fact]
    public void One_tensor_gives_the_type_of_PyTorch()
    {
        foreach (JsonElement example in Examples.Where(example => example.Text("kind") == "unary"))
        {
            Tensor a = Ones(example.Text("left"), 1);
            foreach ((string name, Func<Tensor, Tensor> op) in OfOne)
            {
                // The square of a truth value stays one here: it is its own square.
                if (name == "square" && a.DType == DType.Bool) continue;
                AssertType($"{name} of {a.DType}", example.Text(name), () => op(a));
            }
        }
    }

    private static Tensor Ones(string dtype, int rank) => Tensor.Ones(rank == 0 ? [] : [2], Enum.Parse<DType>(dtype));

    private static void AssertType(string what, string expected, Func<Tensor> compute)
    {
        string actual;
        try
        {
            actual = compute().DType.ToString();
        }
        catch (DTypeException)
        {
            actual = "error";
        }
        Assert.True(expected == actual, $"{what}: expected {expected}, got {actual}");
    }
}
