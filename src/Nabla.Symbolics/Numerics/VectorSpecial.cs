namespace Nabla.Symbolics;

/// <summary>Special functions without a vector body: the scalar function per element, in float rounded once.</summary>
internal static class VectorSpecial
{
    /// <summary>The kernel that loops over a unary scalar function.</summary>
    public static VectorKernel Loop(Func<double, double> f) => new()
    {
        F1 = (x, y) => VectorLoop.Each(f, x, y),
        D1 = (x, y) => VectorLoop.Each(f, x, y),
    };

    /// <summary>The kernel that loops over a binary scalar function.</summary>
    public static VectorKernel Loop(Func<double, double, double> f) => new()
    {
        F2 = (a, b, y) => VectorLoop.Each2(f, a, b, y),
        D2 = (a, b, y) => VectorLoop.Each2(f, a, b, y),
    };
}
