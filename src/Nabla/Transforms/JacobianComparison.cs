namespace Nabla;

/// <summary>
/// Compares the Jacobian of one output with respect to one input with its central differences, and guesses from the pattern
/// of the differences what is wrong with the rule.
/// </summary>
/// <remarks>Both are [elements of the output, elements of the input].</remarks>
internal sealed class JacobianComparison(double[,] analytic, double[,] numeric, Shape output, Shape input, double atol, double rtol)
{
    private readonly int rows = numeric.GetLength(0);
    private readonly int columns = numeric.GetLength(1);

    /// <summary>The elements that differ, with the likely cause.</summary>
    public IEnumerable<GradCheckFailure> Failures(string mode, int outputNumber, int inputNumber)
    {
        if (Matches((i, j) => numeric[i, j])) yield break;
        string cause = Cause();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                if (Agrees(analytic[i, j], numeric[i, j])) continue;
                yield return new GradCheckFailure(
                    mode, outputNumber, Position(i, output), inputNumber, Position(j, input), analytic[i, j], numeric[i, j], Allowed(numeric[i, j]), cause);
            }
        }
    }

    private string Cause()
    {
        if (IsZero(numeric)) return "The function does not depend on this element where it is evaluated, but the rule says so.";
        if (IsZero(analytic)) return "The rule gives nothing here: a gradient is missing, or the input was detached on the way.";
        if (Matches((i, j) => -numeric[i, j])) return "All have the wrong sign.";
        if (Factor() is { } factor)
            return $"All are {factor:G6} times what they should be: look for a factor of {(factor >= 1 ? factor : 1 / factor):G6} that is {(factor >= 1 ? "too much" : "missing")}, such as a mean for a sum or the derivative of a square.";
        if (rows == columns && Matches((i, j) => numeric[j, i])) return "The Jacobian is transposed: multiply by the transpose in the rule.";
        if (input.Rank >= 2 && input.Dims[^1] == input.Dims[^2] && Matches((i, j) => numeric[i, Exchanged(j)]))
            return "The gradient is transposed: its last two axes are exchanged.";
        if (IsPartial()) return "What is there is right, but part of it is missing: is a sum over a broadcast axis left out, or one of several uses of the input?";
        return "";
    }

    /// <summary>The one ratio of all analytic to all numeric derivatives; null if there is none.</summary>
    private double? Factor()
    {
        double ratio = double.NaN, largest = 0;
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                if (Math.Abs(numeric[i, j]) <= largest) continue;
                largest = Math.Abs(numeric[i, j]);
                ratio = analytic[i, j] / numeric[i, j];
            }
        }
        double rounded = Math.Abs(ratio) >= 1 ? Math.Round(ratio, 4) : 1 / Math.Round(1 / ratio, 4);
        return double.IsFinite(rounded) && rounded > 0 && Matches((i, j) => rounded * numeric[i, j]) ? rounded : null;
    }

    /// <summary>Whether every element is either right or zero.</summary>
    private bool IsPartial()
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                if (analytic[i, j] != 0 && !Agrees(analytic[i, j], numeric[i, j])) return false;
        }
        return true;
    }

    private bool Matches(Func<int, int, double> expected)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                if (!Agrees(analytic[i, j], expected(i, j))) return false;
        }
        return true;
    }

    private bool IsZero(double[,] matrix)
    {
        foreach (double value in matrix)
            if (!(Math.Abs(value) <= atol)) return false;
        return true;
    }

    private bool Agrees(double value, double expected) => value.Equals(expected) || Math.Abs(value - expected) <= Allowed(expected);

    private double Allowed(double expected) => atol + (rtol * Math.Abs(expected));

    private int Exchanged(int position)
    {
        int n = input.Dims[^1], matrix = position / (n * n), within = position % (n * n);
        return (matrix * n * n) + (within % n * n) + (within / n);
    }

    /// <summary>The index along each axis of an element given by its row-major position.</summary>
    public static int[] Position(int linear, Shape shape)
    {
        var index = new int[shape.Rank];
        for (int axis = index.Length - 1; axis >= 0; axis--)
        {
            index[axis] = linear % shape.Dims[axis];
            linear /= shape.Dims[axis];
        }
        return index;
    }
}
