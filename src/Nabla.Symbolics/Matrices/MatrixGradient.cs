using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// The gradient of a scalar with respect to a matrix symbol, by one sweep from the scalar down: each node passes its adjoint M̄, for which
/// df = tr(M̄ᵀ dM), to its parts. The rules are the differentials of Magnus and Neudecker (Matrix Differential Calculus, ch. 8-9), read off:
/// d det M = tr(adj M dM), also where M is singular, d log det M = tr(M⁻¹ dM), d M⁻¹ = -M⁻¹ dM M⁻¹.
/// </summary>
internal sealed class MatrixGradient
{
    private readonly Dictionary<MatrixExpr, List<MatrixExpr>> adjoints = [];
    private readonly Dictionary<MatrixAtom, MatrixScalar> atomAdjoints = [];
    private readonly HashSet<object> varying = [];

    /// <summary>The gradient with the entries of the symbol taken as independent.</summary>
    public static MatrixExpr Of(MatrixScalar f, MatrixSymbol symbol)
    {
        var order = MatrixGraph.PostOrder(f);
        return new MatrixGradient().Run(f, symbol, order);
    }

    private MatrixExpr Run(MatrixScalar f, MatrixSymbol symbol, List<object> order)
    {
        foreach (var node in order)
        {
            if (ReferenceEquals(node, symbol) || Parts(node).Any(varying.Contains)) varying.Add(node);
        }

        Pass(f, 1);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            if (order[i] is MatrixAtom atom && atomAdjoints.Remove(atom, out var scalar)) Pass(atom, scalar);
            if (order[i] is MatrixExpr matrix and not MatrixSymbol && adjoints.Remove(matrix, out var contributions)) Pass(matrix, Total(matrix, contributions));
        }

        return adjoints.TryGetValue(symbol, out var gradient) ? MatrixFactoring.Collect(Total(symbol, gradient)) : MatrixZero.Of(symbol.Rows, symbol.Columns);
    }

    private static IEnumerable<object> Parts(object node) => node switch
    {
        MatrixAtom atom => [atom.Matrix],
        MatrixScaled scaled => [scaled.Core, .. scaled.Coefficient.Atoms.Values],
        MatrixExpr matrix => matrix.Args,
        _ => [],
    };

    /// <summary>A scalar passes its adjoint to the atoms of its formula, by the ordinary derivative.</summary>
    private void Pass(MatrixScalar scalar, MatrixScalar adjoint)
    {
        foreach (var (symbol, atom) in scalar.Atoms)
        {
            if (!varying.Contains(atom)) continue;
            var contribution = adjoint * scalar.Map(formula => formula.Diff(symbol));
            atomAdjoints[atom] = atomAdjoints.TryGetValue(atom, out var known) ? known + contribution : contribution;
        }
    }

    private void Pass(MatrixAtom atom, MatrixScalar adjoint)
    {
        var matrix = atom.Matrix;
        Add(matrix, adjoint * atom.Kind switch
        {
            MatrixAtomKind.Determinant => matrix.Transpose().Adjugate(),
            MatrixAtomKind.LogDeterminant => matrix.Transpose().Inverse(),
            _ => MatrixIdentity.Of(matrix.Rows),
        });
    }

    private void Pass(MatrixExpr node, MatrixExpr adjoint)
    {
        switch (node)
        {
            case MatrixSum:
                foreach (var term in node.Args) Add(term, adjoint);
                break;
            case MatrixScaled scaled:
                Add(scaled.Core, scaled.Coefficient * adjoint);
                if (scaled.Coefficient.Atoms.Values.Any(varying.Contains)) Pass(scaled.Coefficient, MatrixScalar.Inner(adjoint, scaled.Core));
                break;
            case MatrixTranspose:
                Add(node.Args[0], adjoint.Transpose());
                break;
            case MatrixDiagonalPart:
                Add(node.Args[0], adjoint.DiagonalPart());
                break;
            case MatrixInverse:
                var transposed = node.Transpose();
                Add(node.Args[0], -(transposed * adjoint * transposed));
                break;
            case MatrixAdjugate:
                // d adj M = tr(adj M dM) M⁻¹ - adj M dM M⁻¹, for regular M
                var (adjugate, inverse) = (node.Transpose(), node.Args[0].Transpose().Inverse());
                Add(node.Args[0], (MatrixScalar.Inner(adjoint, inverse.Transpose()) * adjugate) - (adjugate * adjoint * inverse));
                break;
            case MatrixProduct:
                PassProduct(node.Args, adjoint);
                break;
        }
    }

    private void PassProduct(MatrixExpr[] factors, MatrixExpr adjoint)
    {
        var transposes = Array.ConvertAll(factors, static factor => factor.Transpose());
        for (var i = 0; i < factors.Length; i++)
        {
            if (!varying.Contains(factors[i])) continue;
            var around = new List<MatrixExpr>();
            for (var k = i - 1; k >= 0; k--) around.Add(transposes[k]);
            around.Add(adjoint);
            for (var k = factors.Length - 1; k > i; k--) around.Add(transposes[k]);
            Add(factors[i], MatrixProduct.Of(CollectionsMarshal.AsSpan(around)));
        }
    }

    private void Add(MatrixExpr node, MatrixExpr contribution)
    {
        if (!varying.Contains(node) || contribution.IsZero) return;
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(adjoints, node, out _);
        (list ??= []).Add(contribution);
    }

    private static MatrixExpr Total(MatrixExpr node, List<MatrixExpr> contributions) =>
        MatrixSum.Of(node.Rows, node.Columns, CollectionsMarshal.AsSpan(contributions));
}

/// <summary>Sums whose terms all begin, or all end, in the same factors: A x + Aᵀ x = (A + Aᵀ) x.</summary>
internal static class MatrixFactoring
{
    public static MatrixExpr Collect(MatrixExpr matrix)
    {
        if (matrix is not MatrixSum) return matrix;
        if (CommonScale(matrix.Args) is { } scale)
        {
            return scale * Collect(MatrixSum.Of(matrix.Rows, matrix.Columns, Array.ConvertAll(matrix.Args, static term => ((MatrixScaled)term).Core)));
        }

        var terms = Array.ConvertAll(matrix.Args, SplitTerm);
        var last = Common(terms, fromEnd: true);
        if (last > 0) return Collect(Rebuild(terms, 0, last)) * MatrixProduct.Of(terms[0].Factors.AsSpan()[^last..]);
        var first = Common(terms, fromEnd: false);
        return first > 0 ? MatrixProduct.Of(terms[0].Factors.AsSpan()[..first]) * Collect(Rebuild(terms, first, 0)) : matrix;
    }

    // The same scalar before all terms, unless it is 1.
    private static MatrixScalar? CommonScale(MatrixExpr[] terms)
    {
        if (terms[0] is not MatrixScaled first) return null;
        foreach (var term in terms)
        {
            if (term is not MatrixScaled scaled || !scaled.Coefficient.Equals(first.Coefficient)) return null;
        }

        return first.Coefficient;
    }

    private static (MatrixScalar Coefficient, MatrixExpr[] Factors) SplitTerm(MatrixExpr term)
    {
        var (coefficient, core) = term is MatrixScaled scaled ? (scaled.Coefficient, scaled.Core) : (1, term);
        return (coefficient, core is MatrixProduct ? core.Args : [core]);
    }

    private static int Common((MatrixScalar Coefficient, MatrixExpr[] Factors)[] terms, bool fromEnd)
    {
        var count = 0;
        while (terms.All(term => count < term.Factors.Length
            && ReferenceEquals(term.Factors[fromEnd ? ^(count + 1) : count], terms[0].Factors[fromEnd ? ^(count + 1) : count])))
        {
            count++;
        }

        return count;
    }

    private static MatrixExpr Rebuild((MatrixScalar Coefficient, MatrixExpr[] Factors)[] terms, int first, int last)
    {
        var rest = Array.ConvertAll(terms, term =>
        {
            var factors = term.Factors[first..^last];
            var size = first > 0 ? term.Factors[first - 1].Columns : term.Factors[^last].Rows;
            return term.Coefficient * (factors.Length == 0 ? MatrixIdentity.Of(size) : MatrixProduct.Of(factors));
        });
        return MatrixSum.Of(rest[0].Rows, rest[0].Columns, rest);
    }
}
