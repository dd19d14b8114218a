using Nabla.Symbolics;

namespace Nabla;

/// <summary>An input of a loop nest.</summary>
/// <param name="Type">The type of its elements; it is converted to that of the arithmetic on the way.</param>
/// <param name="Strides">For each loop axis the step in elements; 0 where it repeats.</param>
internal readonly record struct LoopOperand(DType Type, nint[] Strides);

/// <summary>An output of a loop nest.</summary>
/// <param name="Type">The type of its elements; for a fold, that of the arithmetic.</param>
/// <param name="Strides">For each loop axis the step in elements; 0 along the axes that are folded away.</param>
/// <param name="Fold">How many values become one; null if each element has its own.</param>
internal readonly record struct LoopResult(DType Type, nint[] Strides, LoopFold? Fold = null);
