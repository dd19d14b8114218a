namespace Nabla.Nn;

/// <summary>A trained vector for each of so many words, looked up by number.</summary>
public sealed class Embedding : Module
{
    /// <summary>Makes a table of normal random vectors.</summary>
    /// <param name="count">How many vectors there are.</param>
    /// <param name="features">The length of a vector.</param>
    /// <param name="paddingIndex">A word that stands for nothing: its vector is 0 at first and is not trained; null for none.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or there is no such word.</exception>
    public Embedding(int count, int features, int? paddingIndex = null, DType dtype = DType.Float32, Generator? generator = null)
    {
        if (count < 1) throw NnErrors.NotPositive(nameof(Embedding), nameof(count), count);
        if (features < 1) throw NnErrors.NotPositive(nameof(Embedding), nameof(features), features);
        if (paddingIndex is { } word && (word < 0 || word >= count)) throw NnErrors.NoWord(nameof(paddingIndex), word, count);
        PaddingIndex = paddingIndex;
        Weight = Init.Normal(Tensor.Zeros([count, features], dtype), generator: generator);
        if (paddingIndex is { } blank) Weight[blank].FillInPlace(0);
        Register("weight", Weight);
    }

    /// <summary>The vectors, [count, features].</summary>
    public Tensor Weight { get; }

    /// <summary>The word whose vector is not trained.</summary>
    public int? PaddingIndex { get; }

    /// <summary>The vectors of words.</summary>
    /// <param name="x">Numbers of words, int64 or int32, of any shape […].</param>
    /// <returns>[…, features].</returns>
    /// <exception cref="DTypeException">x does not hold int64 or int32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such word.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor vectors = Weight.IndexSelect(0, x.Reshape(-1)).Reshape([.. x.Dims, Weight.Dims[1]]);
        return PaddingIndex is { } blank ? Tensor.Where(x.Eq(blank).Unsqueeze(^1), vectors.Detach(), vectors) : vectors;
    }
}
