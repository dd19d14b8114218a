namespace Nabla.Nn;

/// <summary>A trainable tensor of a module and its name there: <c>weight</c>, or <c>0.weight</c> for one of the first child.</summary>
/// <param name="Name">The path through the children, joined by points.</param>
/// <param name="Value">The tensor itself: a leaf that requires a gradient.</param>
public sealed record Parameter(string Name, Tensor Value);
