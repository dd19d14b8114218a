using System.Text.Json;
using Nabla.Nn;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Nn;

/// <summary>Layers against those of torch.nn: values, gradients by input and parameters, running statistics (layers.py).</summary>
public sealed class LayerReferenceTests
{
    private static readonly JsonElement[] Cases = [.. ReferenceFile.Load("layers.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> Indices()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < Cases.Length; i++) data.Add(i, $"{Cases[i].Text("kind")} {Cases[i].GetProperty("settings")}");
        return data;
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_layer_computes_what_that_of_PyTorch_does(int index, string description)
    {
        _ = description;
        JsonElement test = Cases[index];
        Module layer = Make(test.Text("kind"), test.GetProperty("arguments"), test.GetProperty("settings"));
        layer.LoadStateDict(layer.NamedParameters().Select((p, i) => (p.Name, Value: Numbers(p.Value.Shape, i + 1))).ToDictionary(p => p.Name, p => p.Value), strict: false);
        Tensor[] inputs = [.. test.GetProperty("shapes").EnumerateArray().Select((shape, i) => Numbers(Shape.Create(shape.Integers()), 10 + i).RequireGrad())];

        Tensor result = inputs[0];
        for (int i = 0; i < inputs.Length; i++)
        {
            layer.Train(test.GetProperty("train").GetBoolean() || i < test.GetProperty("calls_in_training").GetInt32());
            result = layer.Forward(inputs[i]);
        }
        ReferenceFile.AssertClose(test.GetProperty("result"), result, 1e-12);
        double[] weights = new double[result.Numel];
        for (int i = 0; i < weights.Length; i++) weights[i] = 0.5 + (0.25 * (i % 5)) - (0.1 * (i % 3));
        Tensor[] wanted = [inputs[^1], .. layer.Parameters()];
        Tensor?[] gradients = Autograd.Grad([result], wanted, [Tensor.FromArray(weights).Reshape(result.Shape)]);
        int number = 0;
        foreach (JsonElement expected in test.GetProperty("gradients").EnumerateArray()) ReferenceFile.AssertClose(expected, gradients[number++]!, 1e-11);

        IReadOnlyDictionary<string, Tensor> state = layer.StateDict();
        foreach (JsonProperty buffer in test.GetProperty("buffers").EnumerateObject()) ReferenceFile.AssertClose(buffer.Value, state[buffer.Name].Double(), 1e-12);
        Assert.Equal(state.Count, layer.Parameters().Count + test.GetProperty("buffers").EnumerateObject().Count());
    }

    private static Tensor Numbers(Shape shape, int seed)
    {
        var values = new double[shape.Numel];
        for (int i = 0; i < values.Length; i++) values[i] = ((((i * (7 + seed)) + (3 * seed)) % 11) - 5) / 4.0;
        return Tensor.FromArray(values).Reshape(shape);
    }

    private static Module Make(string kind, JsonElement arguments, JsonElement settings)
    {
        const DType dtype = DType.Float64;
        JsonElement first = arguments[0];
        PadMode mode = settings.TryGetProperty("padding_mode", out JsonElement word) ? Enum.Parse<PadMode>(word.GetString()!, ignoreCase: true) : PadMode.Constant;
        int groups = Int("groups", 1);
        return kind switch
        {
            "Conv1d" => new Conv1d(first.GetInt32(), arguments[1].GetInt32(), arguments[2].GetInt32(), Int("stride", 1), Int("padding", 0), Int("dilation", 1), groups, paddingMode: mode, dtype: dtype),
            "Conv2d" => new Conv2d(first.GetInt32(), arguments[1].GetInt32(), Two(arguments[2]), Pair("stride"), Pair("padding"), Pair("dilation"), groups, Flag("bias", true), mode, dtype),
            "ConvTranspose2d" => new ConvTranspose2d(first.GetInt32(), arguments[1].GetInt32(), Two(arguments[2]), Pair("stride"), Pair("padding"), Pair("output_padding"), groups, Flag("bias", true), Pair("dilation"), dtype),
            "MaxPool2d" => new MaxPool2d(Two(first), Pair("stride"), Pair("padding")),
            "AvgPool2d" => new AvgPool2d(Two(first), Pair("stride"), Pair("padding"), Flag("count_include_pad", true)),
            "BatchNorm1d" => new BatchNorm1d(first.GetInt32(), Number("eps", 1e-5), Momentum(), Flag("affine", true), Flag("track_running_stats", true), dtype),
            "BatchNorm2d" => new BatchNorm2d(first.GetInt32(), Number("eps", 1e-5), Momentum(), Flag("affine", true), Flag("track_running_stats", true), dtype),
            "LayerNorm" => new LayerNorm(first.ValueKind == JsonValueKind.Number ? [first.GetInt32()] : Shape.Create(first.Integers()), Number("eps", 1e-5), Flag("elementwise_affine", true), dtype),
            _ => throw new ArgumentException($"No layer {kind}."),
        };

        int Int(string name, int otherwise) => settings.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : otherwise;
        double Number(string name, double otherwise) => settings.TryGetProperty(name, out JsonElement value) ? value.Number() : otherwise;
        bool Flag(string name, bool otherwise) => settings.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : otherwise;
        double? Momentum() => !settings.TryGetProperty("momentum", out JsonElement value) ? 0.1 : value.ValueKind == JsonValueKind.Null ? null : value.Number();
        Pair? Pair(string name) => settings.TryGetProperty(name, out JsonElement value) ? Two(value) : null;
    }

    private static Pair Two(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetInt32() : (value[0].GetInt32(), value[1].GetInt32());
}
