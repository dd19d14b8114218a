namespace Nabla.Symbolics;

/// <summary>
/// aᵀ S⁻¹ b with its derivative. With y = S⁻¹ b and x = S⁻ᵀ a: d = yᵀ da + xᵀ db - xᵀ dS y (Magnus and Neudecker, Matrix Differential Calculus,
/// ch. 8), which costs two solutions, or one if a = b and S is symmetric, instead of a sweep back through the elimination.
/// </summary>
internal static class BilinearForm
{
    public static Expr Of(Expr[] a, Matrix matrix, Expr[] b)
    {
        var system = matrix.System("Solve");
        var form = system.Form(a, b);
        if (system is ExactElimination) return form;

        var y = new Lazy<Expr[]>(() => system.Solve(b));
        var x = matrix.IsSymmetric && a.AsSpan().SequenceEqual(b) ? y : new Lazy<Expr[]>(() => system.SolveTransposed(a));
        var derivative = new PartialSums();
        for (var i = 0; i < a.Length; i++)
        {
            var row = i;
            derivative.Add(a[i], () => y.Value[row]);
            derivative.Add(b[i], () => x.Value[row]);
            for (var j = 0; j < b.Length; j++)
            {
                var column = j;
                derivative.Add(matrix[i, j], () => -(x.Value[row] * y.Value[column]));
            }
        }

        derivative.Register(form);
        return form;
    }
}
