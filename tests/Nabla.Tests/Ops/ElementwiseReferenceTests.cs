using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>Values and gradients beside PyTorch's.</summary>
public sealed class ElementwiseReferenceTests
{
    private static readonly JsonElement[] Values = [.. ReferenceFile.Load("elementwise.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> ValueCases()
    {
        TheoryData<int, string> rows = [];
        for (int i = 0; i < Values.Length; i++) rows.Add(i, Values[i].Text("op"));
        return rows;
    }

    [Theory]
    [MemberData(nameof(ValueCases))]
    public void Value_and_gradient_are_those_of_PyTorch(int number, string op)
    {
        JsonElement example = Values[number];
        Tensor[] arguments = Leaves(example);
        Tensor result = NamedOps.Call(op, arguments, example.Parameters());
        double tolerance = example.GetProperty("tolerance").Number();

        AssertClose($"{op}: value", arguments, example.GetProperty("values").Numbers(), result, tolerance);

        int index = 0;
        foreach (JsonElement expected in example.GetProperty("gradients").EnumerateArray())
        {
            AssertClose($"{op}: gradient {index}", arguments, expected.Numbers(), Gradient(result, arguments[index]), tolerance);
            index++;
        }
    }

    private static Tensor[] Leaves(JsonElement example) =>
        [.. example.GetProperty("arguments").EnumerateArray().Select(x => Tensor.Of(x.Numbers(), DType.Float64, requiresGrad: true))];

    private static Tensor Gradient(Tensor result, Tensor argument) =>
        (result.RequiresGrad ? Autograd.Grad([result.Sum()], [argument], retainGraph: true, allowUnused: true)[0] : null) ?? Tensor.ZerosLike(argument);

    private static void AssertClose(string what, Tensor[] arguments, double[] expected, Tensor actual, double tolerance)
    {
        double[] numbers = actual.ToArray<double>();
        Assert.Equal(expected.Length, numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            bool close = expected[i] == numbers[i] || (double.IsNaN(expected[i]) && double.IsNaN(numbers[i]))
                || Math.Abs(expected[i] - numbers[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(close, $"{what} at ({string.Join(", ", arguments.Select(x => x.ToArray<double>()[i]))}): expected {expected[i]:R}, got {numbers[i]:R}");
        }
    }
}
