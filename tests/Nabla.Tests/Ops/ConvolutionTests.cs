using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>Convolutions and pooling against PyTorch's values and gradients (convolution.py), and by hand.</summary>
public sealed class ConvolutionTests
{
    private static readonly JsonElement[] Cases = [.. ReferenceFile.Load("convolution.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int, string> Indices()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < Cases.Length; i++) data.Add(i, Cases[i].Text("op"));
        return data;
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Value_and_gradients_are_those_of_the_reference(int index, string op)
    {
        JsonElement test = Cases[index], settings = test.GetProperty("settings");
        Tensor[] x = [.. test.GetProperty("arguments").EnumerateArray().Select(argument => ReferenceFile.Tensor(argument).RequireGrad())];
        int groups = settings.TryGetProperty("groups", out JsonElement number) ? number.GetInt32() : 1;
        bool ceil = settings.TryGetProperty("ceil_mode", out _);
        Tensor result = op switch
        {
            "conv1d" => x[0].Conv1d(x[1], x[2], One("stride", 1), One("padding", 0), One("dilation", 1), groups),
            "conv2d" => x[0].Conv2d(x[1], x[2], Two("stride"), Two("padding"), Two("dilation"), groups),
            "conv_transpose2d" => x[0].ConvTranspose2d(x[1], x[2], Two("stride"), Two("padding"), Two("output_padding"), groups, Two("dilation")),
            "max_pool2d" => x[0].MaxPool2d(Two("kernel_size")!.Value, Two("stride"), Two("padding"), Two("dilation"), ceil),
            _ => x[0].AvgPool2d(Two("kernel_size")!.Value, Two("stride"), Two("padding"), !settings.TryGetProperty("count_include_pad", out _), ceil),
        };
        ReferenceFile.AssertClose(test.GetProperty("result"), result, 1e-10);

        double[] weights = new double[result.Numel];
        for (int i = 0; i < weights.Length; i++) weights[i] = 0.5 + (0.25 * (i % 5)) - (0.1 * (i % 3));
        result.Backward(Tensor.FromArray(weights).Reshape(result.Shape));
        JsonElement[] gradients = [.. test.GetProperty("gradients").EnumerateArray()];
        for (int i = 0; i < x.Length; i++) ReferenceFile.AssertClose(gradients[i], x[i].Grad!, 1e-10);

        int One(string name, int otherwise) => settings.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : otherwise;
        Pair? Two(string name) => settings.TryGetProperty(name, out JsonElement value) ? new Pair(value[0].GetInt32(), value[1].GetInt32()) : null;
    }

    [Fact]
    public void A_window_that_steps_over_the_image_holds_nothing()
    {
        Tensor x = Tensor.Ones([1, 3, 2, 2]).RequireGrad();
        Tensor y = x.MaxPool2d(2, stride: 1, padding: 1, dilation: 3);
        Assert.Equal([1, 3, 1, 1], y.Shape);
        Assert.All(y.ToArray(), value => Assert.Equal(float.NegativeInfinity, value));
        y.Backward(Tensor.OnesLike(y));
        Assert.All(x.Grad!.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void With_ceil_mode_the_only_window_may_reach_beyond_the_image()
    {
        Tensor x = Tensor.Of([1.0, 2, 3, 4]).Reshape(1, 1, 2, 2).Detach().RequireGrad();
        Tensor largest = x.MaxPool2d(3, stride: 2, ceilMode: true), mean = x.AvgPool2d((3, 2), stride: 2, ceilMode: true);
        Assert.Equal([1, 1, 1, 1], largest.Shape);
        Assert.Equal(4, largest.Item());
        Assert.Equal(2.5, mean.Item(), 1e-6);
        (largest + mean).Backward(Tensor.OnesLike(mean));
        Assert.Equal([0.25f, 0.25f, 0.25f, 1.25f], x.Grad!.Ravel().ToArray<float>());
        Assert.Throws<ShapeException>(() => x.MaxPool2d(3, stride: 2));
        Assert.Throws<ShapeException>(() => x.MaxPool2d(4, stride: 2, ceilMode: true));
    }

    [Fact]
    public void Sizes_beyond_those_of_tensors_are_refused()
    {
        Tensor x = Tensor.Ones([1, 1, 4, 4]), kernel = Tensor.Ones([1, 1, 2, 2]);
        Assert.Contains("more than one tensor holds", Assert.Throws<ShapeException>(() => x.ConvTranspose2d(kernel, stride: 1 << 30)).Message, StringComparison.Ordinal);
        Assert.Contains("Use less padding", Assert.Throws<ShapeException>(() => x.Conv2d(kernel, padding: 1 << 30)).Message, StringComparison.Ordinal);
        Assert.Contains("does not fit x", Assert.Throws<ShapeException>(() => x.Conv2d(kernel, dilation: int.MaxValue)).Message, StringComparison.Ordinal);
        Assert.Equal([1, 1, 1, 1], x.AvgPool2d(4, stride: int.MaxValue, ceilMode: true).Shape);
    }

    [Fact]
    public void A_kernel_of_two_ones_sums_neighbours()
    {
        Tensor x = Tensor.Of([1.0, 2, 4, 8]).Reshape(1, 1, 4), two = Tensor.Ones([1, 1, 2]);
        Assert.Equal([3f, 6, 12], x.Conv1d(two).Ravel().ToArray<float>());
        Assert.Equal([1f, 3, 6, 12, 8], x.Conv1d(two, padding: 1).Ravel().ToArray<float>());
    }

    [Fact]
    public void The_gradient_of_a_tie_goes_to_the_first_of_the_window()
    {
        Tensor x = Tensor.Ones([1, 1, 2, 2]).RequireGrad();
        x.MaxPool2d(2).Backward(Tensor.Ones([1, 1, 1, 1]));
        Assert.Equal([1f, 0, 0, 0], x.Grad!.Ravel().ToArray<float>());
    }

    [Fact]
    public void Squares_side_by_side_give_the_same_in_single_and_double_precision_ties_and_nan_included()
    {
        foreach (int width in (int[])[2, 3, 14, 28, 30, 32, 33, 34, 62, 66, 70])
        {
            double[] values = Kernels.Sample.Values<double>(3 * 6 * width, (ulong)width);
            for (int i = 0; i < values.Length; i++) values[i] = i % 13 == 5 ? double.NaN : Math.Round(4 * values[i]) / 4;
            Tensor x = Tensor.FromArray(values).Reshape(1, 3, 6, width).Detach().RequireGrad(), single = x.Float().Detach().RequireGrad();
            Tensor y = x.MaxPool2d(2), z = single.MaxPool2d(2), g = Tensor.FromArray(Kernels.Sample.Values<float>(y.Numel, 3)).Reshape(y.Shape);
            y.Backward(g.Double());
            z.Backward(g);

            Assert.Equal(y.Ravel().ToArray<float>(), z.Ravel().ToArray<float>());
            Assert.Equal(x.Grad!.Ravel().ToArray<float>(), single.Grad!.Ravel().ToArray<float>());
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_shapes_and_a_remedy()
    {
        Tensor x = Tensor.Ones([1, 3, 4, 4]);
        var channels = Assert.Throws<ShapeException>(() => x.Conv2d(Tensor.Ones([2, 2, 3, 3])));
        Assert.Equal("Conv2d: the kernels of 1 group(s) take 2 channels, the input has 3: x is [1, 3, 4, 4], weight is [2, 2, 3, 3]. Check the layer before it, or the number of groups.", channels.Message);
        var large = Assert.Throws<ShapeException>(() => x.Conv2d(Tensor.Ones([2, 3, 5, 3])));
        Assert.Equal("Conv2d: a window of (5, 3) does not fit x, which is [1, 3, 4, 4] with a padding of (0, 0). Use a smaller kernel or dilation, or more padding.", large.Message);
        Assert.Contains("padding (2, 2) is more than half of the window (2, 2)", Assert.Throws<ArgumentOutOfRangeException>(() => x.MaxPool2d(2, padding: 2)).Message, StringComparison.Ordinal);
        Assert.Contains("stride is (0, 0)", Assert.Throws<ArgumentOutOfRangeException>(() => x.AvgPool2d(2, stride: 0)).Message, StringComparison.Ordinal);
    }
}
