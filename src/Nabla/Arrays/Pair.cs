namespace Nabla;

/// <summary>A number for each of two axes of an image: sizes, steps or widths. One number stands for both.</summary>
/// <param name="Height">For the rows.</param>
/// <param name="Width">For the columns.</param>
public readonly record struct Pair(int Height, int Width)
{
    /// <summary>The same for both axes.</summary>
    /// <param name="both">For rows and columns.</param>
    public static implicit operator Pair(int both) => new(both, both);

    /// <summary>One for each axis.</summary>
    /// <param name="pair">For rows, for columns.</param>
    public static implicit operator Pair((int Height, int Width) pair) => new(pair.Height, pair.Width);

    /// <summary>The same for both axes.</summary>
    /// <param name="both">For rows and columns.</param>
    public static Pair FromInt32(int both) => both;

    /// <summary>As two numbers: (3, 5).</summary>
    public override string ToString() => $"({Height}, {Width})";
}
