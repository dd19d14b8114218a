using System.Text;

namespace Nabla.Symbolics;

/// <summary>Lays matrix formulas out as they are written on paper, for LaTeX, MathML and drawings.</summary>
internal static class MatrixNotation
{
    private const int LongestText = 5000;

    public static Notation Of(MatrixExpr matrix)
    {
        RequireShort(MatrixPrinter.Text(matrix, LongestText));
        return Layout(matrix);
    }

    public static Notation Of(MatrixScalar scalar)
    {
        RequireShort(scalar.ToString());
        return Layout(scalar);
    }

    private static void RequireShort(string text)
    {
        if (text.Length <= LongestText) return;
        throw new InvalidOperationException(
            $"The formula has more than {LongestText} characters, too many for a page. Use ToString(), or name its parts with symbols and print them one by one.");
    }

    private static Notation Layout(MatrixScalar scalar)
    {
        var builder = new NotationBuilder();
        foreach (var (symbol, atom) in scalar.Atoms) builder.Define(symbol, Layout(atom));
        return builder.Of(scalar.Formula);
    }

    private static Notation Layout(MatrixAtom atom) => atom.Kind switch
    {
        MatrixAtomKind.Determinant => Function("det", Layout(atom.Matrix)),
        MatrixAtomKind.LogDeterminant => Function("log", Function("det", Layout(atom.Matrix))),
        MatrixAtomKind.Trace => Function("tr", Layout(atom.Matrix)),
        _ => Layout(atom.Matrix),
    };

    private static Notation Layout(MatrixExpr matrix) => matrix switch
    {
        MatrixSymbol symbol => NotationBuilder.OfName(symbol.Name),
        MatrixIdentity => new Mark(MarkKind.Symbol, "I"),
        MatrixZero => new Mark(MarkKind.Number, "0"),
        MatrixTranspose => Raised(matrix.Args[0], new Mark(MarkKind.Symbol, "T")),
        MatrixInverse { Args: [MatrixTranspose { Args: [var symbol] }] } =>
            Raised(symbol, new Row(Notation.SumLevel, [Mark.Minus, new Mark(MarkKind.Symbol, "T")])),
        MatrixInverse => Raised(matrix.Args[0], new Row(Notation.SumLevel, [Mark.Minus, new Mark(MarkKind.Number, "1")])),
        MatrixAdjugate => Function("adj", Layout(matrix.Args[0])),
        MatrixDiagonalPart => Function("diag", Layout(matrix.Args[0])),
        MatrixScaled scaled => LayoutScaled(scaled.Coefficient, scaled.Core),
        MatrixSum => LayoutSum(matrix.Args),
        _ => LayoutProduct(matrix.Args),
    };

    private static Row LayoutScaled(MatrixScalar coefficient, MatrixExpr core)
    {
        var items = new List<Notation>();
        var level = Notation.ProductLevel;
        if (MatrixPrinter.IsNegative(coefficient))
        {
            items.Add(Mark.Minus);
            coefficient = -coefficient;
            level = Notation.SumLevel;
        }

        if (coefficient.Formula is not Number { IsOne: true })
        {
            items.Add(Fit(Layout(coefficient), Notation.ProductLevel));
            items.Add(Mark.InvisibleTimes);
        }

        items.Add(Fit(Layout(core), Notation.ProductLevel));
        return new Row(level, items);
    }

    private static Row LayoutSum(MatrixExpr[] terms)
    {
        var items = new List<Notation>();
        foreach (var term in terms)
        {
            var negative = items.Count > 0 && term is MatrixScaled scaled && MatrixPrinter.IsNegative(scaled.Coefficient);
            if (items.Count > 0) items.Add(new Mark(MarkKind.Infix, negative ? "-" : "+"));
            items.Add(negative ? Fit(Layout(-term), Notation.ProductLevel) : Layout(term));
        }

        return new Row(Notation.SumLevel, items);
    }

    private static Row LayoutProduct(MatrixExpr[] factors)
    {
        var items = new List<Notation>();
        for (var i = 0; i < factors.Length;)
        {
            var count = 1;
            while (i + count < factors.Length && ReferenceEquals(factors[i], factors[i + count])) count++;
            if (i > 0) items.Add(Mark.InvisibleTimes);
            items.Add(count > 1 ? Raised(factors[i], new Mark(MarkKind.Number, count.ToString())) : Fit(Layout(factors[i]), Notation.PowerLevel));
            i += count;
        }

        return new Row(Notation.ProductLevel, items);
    }

    private static Script Raised(MatrixExpr @base, Notation exponent) => new(Fit(Layout(@base), Notation.AtomLevel), null, exponent);

    private static Row Function(string name, Notation argument) =>
        new(Notation.PowerLevel, [new Mark(MarkKind.Name, name), Mark.Apply, new Fence(FenceKind.Round, argument)]);

    private static Notation Fit(Notation notation, int level) => notation.Level < level ? new Fence(FenceKind.Round, notation) : notation;
}

// Printing of scalars of matrices.
public sealed partial class MatrixScalar
{
    /// <summary>The formula as LaTeX for amsmath, without dollar signs.</summary>
    /// <exception cref="InvalidOperationException">The formula is longer than a page.</exception>
    public string ToLatex() => LatexWriter.Write(MatrixNotation.Of(this));

    /// <summary>The formula as a MathML element, which browsers show without any script.</summary>
    /// <exception cref="InvalidOperationException">The formula is longer than a page.</exception>
    public string ToMathML() => MathMLWriter.Element(MatrixNotation.Of(this));
}

// Printing of formulas of matrices.
public abstract partial class MatrixExpr
{
    /// <summary>The formula as LaTeX for amsmath, without dollar signs.</summary>
    /// <exception cref="InvalidOperationException">The formula is longer than a page.</exception>
    public string ToLatex() => LatexWriter.Write(MatrixNotation.Of(this));

    /// <summary>The formula as a MathML element, which browsers show without any script.</summary>
    /// <exception cref="InvalidOperationException">The formula is longer than a page.</exception>
    public string ToMathML() => MathMLWriter.Element(MatrixNotation.Of(this));
}

// Printing of matrices of formulas.
public sealed partial class Matrix
{
    /// <summary>
    /// The matrix as LaTeX for amsmath, without dollar signs. Entries that share large parts are better printed with
    /// <see cref="SharedParts"/>, which takes all <see cref="ToArray"/> entries together.
    /// </summary>
    public string ToLatex()
    {
        var text = new StringBuilder(@"\begin{pmatrix} ");
        for (var i = 0; i < entries.Length; i++)
        {
            if (i > 0) text.Append(i % Columns == 0 ? @" \\ " : " & ");
            text.Append(entries[i].ToLatex());
        }

        return text.Append(@" \end{pmatrix}").ToString();
    }

    /// <summary>The matrix as a MathML element, which browsers show without any script.</summary>
    public string ToMathML()
    {
        var text = new StringBuilder("<mrow><mo>(</mo><mtable>");
        for (var i = 0; i < Rows; i++)
        {
            text.Append("<mtr>");
            for (var j = 0; j < Columns; j++) text.Append("<mtd>").Append(MathMLWriter.Write(new NotationBuilder().Of(this[i, j]))).Append("</mtd>");
            text.Append("</mtr>");
        }

        return MathMLWriter.Element(text.Append("</mtable><mo>)</mo></mrow>").ToString());
    }
}
