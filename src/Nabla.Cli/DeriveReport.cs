using System.Globalization;
using Nabla.Symbolics;

namespace Nabla.Cli;

/// <summary>What <c>nabla derive</c> prints for people.</summary>
internal static class DeriveReport
{
    private const int LongestFormula = 4000;
    private const int LabelWidth = 22;

    internal static void Write(IReadOnlyList<DerivedFormula> results, bool latex, TextWriter output)
    {
        Expr formula = results[0].Derivation.Formula;
        output.WriteLine($"f = {(latex ? formula.ToLatex() : formula.ToString(LongestFormula))}");
        foreach (DerivedFormula result in results)
        {
            output.WriteLine(latex
                ? $"{result.LatexOperator()} f = {result.Shown.ToLatex()}"
                : $"{result.Operator()} f = {result.Shown.ToString(LongestFormula)}");
        }

        foreach (DerivedFormula result in results)
        {
            if (result.Values is not { } values || result.Point is not { } point) continue;
            output.WriteLine();
            if (ReferenceEquals(result, results[0]))
            {
                output.WriteLine($"at {string.Join(", ", point.Select(pair => $"{pair.Key.Name} = {Text(pair.Value)}"))}:");
                Line("f", Text(values.Value));
            }
            if (results.Count > 1) output.WriteLine($"  {result.Operator()} f");
            Line("by the formula", Text(values.Symbolic));
            Line("by autograd", Text(values.Autograd));
            if (values.ForwardMode is { } forward) Line("by forward mode", Text(forward));
            Line("by differences", WithError(values.FiniteDifference, values.FiniteDifferenceError));
            if (result.Digits is { } digits) Line("to more digits", digits);
            Line("", Verdict(values));
        }

        void Line(string label, string value) => output.WriteLine($"  {label.PadRight(LabelWidth)}{value}".TrimEnd());
    }

    private static string Verdict(DerivativeValues values) => values switch
    {
        { Agree: false } => double.IsNaN(values.Symbolic) ? "NO DERIVATIVE HERE: the formula is not defined at this point" : "THEY DO NOT AGREE",
        _ when double.IsFinite(values.FiniteDifference) && double.IsFinite(values.FiniteDifferenceError) => "all agree",
        _ => "formula and autograd agree; differences do not converge here",
    };

    private static string WithError(double value, double error) => double.IsNaN(value)
        ? "none: the function is not finite here"
        : double.IsFinite(error) ? $"{Text(value)} ± {error.ToString("0.0e0", CultureInfo.InvariantCulture)}" : $"{Text(value)}, not converging";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
