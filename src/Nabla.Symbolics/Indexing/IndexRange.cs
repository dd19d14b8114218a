namespace Nabla.Symbolics;

/// <summary>The range of the indices of an element whose array has a shape: 0 to the length less one.</summary>
internal static class IndexRange
{
    /// <summary>The formula with the conditions that hold because <paramref name="element"/> exists.</summary>
    public static Expr Assume(Expr formula, Indexed element)
    {
        if (element.Base.Shape.Count == 0) return formula;
        var known = new Dictionary<Expr, Expr>();
        for (var i = 0; i < element.Args.Length; i++)
        {
            Add(Functions.LessEqual(0, element.Args[i]));
            Add(Functions.LessEqual(element.Args[i], element.Base.Shape[i] - 1));
        }

        return formula.Subs(known);

        void Add(Expr condition)
        {
            if (condition is Call) known[condition] = Number.One;
        }
    }
}
