using System.Text;

namespace Nabla.Symbolics;

/// <summary>Matrix formulas as text: A*B^T + 2*S^-1, with det, log(det), tr and diag as functions.</summary>
internal sealed class MatrixPrinter
{
    // How tightly a piece of text holds together.
    private const int SumLevel = 1;
    private const int ProductLevel = 2;
    private const int PowerLevel = 3;

    private readonly StringBuilder text = new();
    private readonly int longest;

    private MatrixPrinter(int longest) => this.longest = longest;

    public static string Text(MatrixExpr matrix, int longest = 100_000)
    {
        var printer = new MatrixPrinter(longest);
        printer.Write(matrix, 0);
        return printer.Result();
    }

    public static string Text(MatrixScalar scalar)
    {
        var printer = new MatrixPrinter(100_000);
        printer.text.Append(printer.TextOf(scalar));
        return printer.Result();
    }

    private string Result() => text.Length > longest ? text.ToString(0, longest) + "…" : text.ToString();

    private void Write(MatrixExpr matrix, int level)
    {
        // What is beyond the limit is cut in the end; a graph with sharing could be exponentially longer as text.
        if (text.Length > longest) return;
        var bracket = LevelOf(matrix) < level;
        if (bracket) text.Append('(');
        switch (matrix)
        {
            case MatrixSymbol symbol: text.Append(symbol.Name); break;
            case MatrixIdentity: text.Append('I'); break;
            case MatrixZero: text.Append('0'); break;
            case MatrixTranspose: WritePower(matrix.Args[0], "T"); break;
            case MatrixInverse { Args: [MatrixTranspose { Args: [var symbol] }] }: WritePower(symbol, "-T"); break;
            case MatrixInverse: WritePower(matrix.Args[0], "-1"); break;
            case MatrixAdjugate: WriteFunction("adj", matrix.Args[0]); break;
            case MatrixDiagonalPart: WriteFunction("diag", matrix.Args[0]); break;
            case MatrixSum: WriteSum(matrix); break;
            case MatrixProduct: WriteProduct(matrix.Args); break;
            case MatrixScaled scaled: WriteScaled(scaled.Coefficient, scaled.Core); break;
        }

        if (bracket) text.Append(')');
    }

    private static int LevelOf(MatrixExpr matrix) => matrix switch
    {
        MatrixSum => SumLevel,
        MatrixScaled scaled => IsNegative(scaled.Coefficient) ? SumLevel : ProductLevel,
        MatrixProduct => ProductLevel,
        MatrixTranspose or MatrixInverse => PowerLevel,
        _ => PowerLevel + 1,
    };

    private void WriteSum(MatrixExpr sum)
    {
        var isFirst = true;
        foreach (var term in sum.Args)
        {
            if (term is MatrixScaled scaled && IsNegative(scaled.Coefficient))
            {
                text.Append(isFirst ? "-" : " - ");
                Write(-term, ProductLevel);
            }
            else
            {
                if (!isFirst) text.Append(" + ");
                Write(term, SumLevel);
            }

            isFirst = false;
        }
    }

    private void WriteScaled(MatrixScalar coefficient, MatrixExpr core)
    {
        if (IsNegative(coefficient))
        {
            text.Append('-');
            coefficient = -coefficient;
        }

        if (coefficient.Formula is not Number { IsOne: true })
        {
            var factor = TextOf(coefficient);
            text.Append(coefficient.Formula is Sum ? $"({factor})*" : factor + "*");
        }

        Write(core, ProductLevel);
    }

    private void WriteProduct(MatrixExpr[] factors)
    {
        for (var i = 0; i < factors.Length;)
        {
            var count = 1;
            while (i + count < factors.Length && ReferenceEquals(factors[i], factors[i + count])) count++;
            if (i > 0) text.Append('*');
            if (count > 1) WritePower(factors[i], count.ToString());
            else Write(factors[i], ProductLevel + 1);
            i += count;
        }
    }

    private void WritePower(MatrixExpr @base, string exponent)
    {
        Write(@base, PowerLevel + 1);
        text.Append('^').Append(exponent);
    }

    private void WriteFunction(string name, MatrixExpr argument)
    {
        text.Append(name).Append('(');
        Write(argument, 0);
        text.Append(')');
    }

    // The symbol of an atom prints as a quoted name, which the text of the atom replaces.
    private string TextOf(MatrixScalar scalar)
    {
        var formula = scalar.Formula.ToString();
        foreach (var atom in scalar.Atoms.Values)
        {
            var name = atom.Symbol.ToString();
            if (formula.Contains(name, StringComparison.Ordinal)) formula = formula.Replace(name, TextOf(atom), StringComparison.Ordinal);
        }

        return formula;
    }

    private string TextOf(MatrixAtom atom)
    {
        var printer = new MatrixPrinter(Math.Max(0, longest - text.Length));
        switch (atom.Kind)
        {
            case MatrixAtomKind.Determinant: printer.WriteFunction("det", atom.Matrix); break;
            case MatrixAtomKind.LogDeterminant:
                printer.text.Append("log(");
                printer.WriteFunction("det", atom.Matrix);
                printer.text.Append(')');
                break;
            case MatrixAtomKind.Trace: printer.WriteFunction("tr", atom.Matrix); break;
            default: printer.Write(atom.Matrix, PowerLevel + 1); break;
        }

        return printer.Result();
    }

    internal static bool IsNegative(MatrixScalar coefficient) => coefficient.Formula switch
    {
        Number number => number.IsNegative,
        Product product => product.Coefficient.IsNegative,
        _ => false,
    };
}
