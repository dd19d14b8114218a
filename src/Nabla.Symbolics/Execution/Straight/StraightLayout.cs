namespace Nabla.Symbolics;

/// <summary>Where a number lies in memory: in which of several arrays, and how many elements from its start.</summary>
/// <param name="Array">The array.</param>
/// <param name="Offset">The elements before it: of the array, or of one item of it.</param>
/// <param name="Shared">In a loop over items: whether all of them read the same number.</param>
internal readonly record struct NumberPlace(int Array, int Offset, bool Shared = false);

/// <summary>Where straight-line code finds its inputs and leaves its outputs.</summary>
/// <param name="Inputs">A place for each input of the code.</param>
/// <param name="Outputs">A place for each output.</param>
/// <param name="TileItems">In a loop over items: how many of them an array holds side by side for each number of an item.</param>
internal sealed record StraightLayout(NumberPlace[] Inputs, NumberPlace[] Outputs, int TileItems = 1);
