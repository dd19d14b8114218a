namespace Nabla.Tests.Kernels;

public sealed class StridedAdditionTests
{
    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 40 })]
    [InlineData(new[] { 2, 3, 5 })]
    [InlineData(new[] { 3, 1, 20 })]
    [InlineData(new[] { 0, 4 })]
    public void Adding_with_any_strides_is_adding_element_by_element(int[] dims)
    {
        Assert.Equal(Expected(dims, x => x), Sum(dims, x => x));
        // Axes in the other order, and every other element of a larger array.
        Assert.Equal(Expected(dims, Reversed), Sum(dims, Reversed));
        Assert.Equal(Expected(dims, EveryOther), Sum(dims, EveryOther));
    }

    private static Tensor Reversed(Tensor x) => x.Permute([.. Enumerable.Range(0, x.Rank).Reverse().Select(axis => (Axis)axis)]);

    private static Tensor EveryOther(Tensor x) => x.Rank == 0 ? x : x[TensorIndex.Ellipsis, TensorIndex.Slice(step: 2)];

    private static double[] Sum(int[] dims, Func<Tensor, Tensor> view)
    {
        Tensor target = view(Numbers(dims, 1)), source = view(Numbers(dims, 7));
        ElementwiseKernel.AddInto(target.Value, source.Value);
        return target.ToArray<double>();
    }

    private static double[] Expected(int[] dims, Func<Tensor, Tensor> view) =>
        [.. view(Numbers(dims, 1)).ToArray<double>().Zip(view(Numbers(dims, 7)).ToArray<double>(), (a, b) => a + b)];

    private static Tensor Numbers(int[] dims, double step) =>
        Tensor.FromArray(Enumerable.Range(0, dims.Aggregate(1, (product, length) => product * length)).Select(i => i * step).ToArray(), DType.Float64).Reshape(dims);
}
