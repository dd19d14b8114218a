using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Nabla.Symbolics;

namespace Nabla.Bench;

/// <summary>A table of derivatives: read, differentiate and evaluate every row, beside SymPy, which needs a process of its own and one run.</summary>
internal static class SympyComparison
{
    private const int Rounds = 11;

    /// <param name="table">Rows with expression, wrt, point and expected value.</param>
    /// <param name="script">bench/peers/sympy_bench.py.</param>
    public static string Run(string table, string script)
    {
        string[][] rows = [.. File.ReadAllLines(table).Select(line => line.Split(';'))];
        int expression = Array.IndexOf(rows[0], "expression"), wrt = Array.IndexOf(rows[0], "wrt"), point = Array.IndexOf(rows[0], "point"), expected = Array.IndexOf(rows[0], "expected");
        double[] first = new double[3], best = [double.MaxValue, double.MaxValue, double.MaxValue];
        int wrong = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long parse = 0, differentiate = 0, evaluate = 0;
            wrong = 0;
            foreach (string[] row in rows.AsSpan(1))
            {
                long start = Stopwatch.GetTimestamp();
                Expr formula = Expr.Parse(row[expression]);
                Symbol[] symbols = [.. row[wrt].Split(' ').Select(name => Expr.Symbol(name))];
                long parsed = Stopwatch.GetTimestamp();
                Expr derivative = formula.Diff(symbols);
                long differentiated = Stopwatch.GetTimestamp();
                var values = row[point].Split(' ').Select(part => part.Split('=')).ToDictionary(part => Expr.Symbol(part[0]), part => double.Parse(part[1], CultureInfo.InvariantCulture));
                double value = derivative.Evaluate(values);
                long evaluated = Stopwatch.GetTimestamp();
                (parse, differentiate, evaluate) = (parse + parsed - start, differentiate + differentiated - parsed, evaluate + evaluated - differentiated);
                double truth = double.Parse(row[expected], CultureInfo.InvariantCulture);
                if (!(Math.Abs(value - truth) <= 1e-9 * Math.Max(1, Math.Abs(truth)))) wrong++;
            }
            long[] ticks = [parse, differentiate, evaluate];
            for (int i = 0; i < 3; i++)
            {
                double milliseconds = Stopwatch.GetElapsedTime(0, ticks[i]).TotalMilliseconds;
                if (round == 0) first[i] = milliseconds;
                best[i] = Math.Min(best[i], milliseconds);
            }
        }

        JsonElement? peer = Ask(script, table);
        var text = new StringBuilder();
        string name = peer is { } found ? $"SymPy {found.GetProperty("version").GetString()}" : "SymPy (not found)";
        text.AppendLine(CultureInfo.InvariantCulture, $"### {rows.Length - 1} derivatives: parse, differentiate, evaluate");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| step | Nabla, first time | Nabla, warm | {name} | ratio, first time | ratio, warm |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|");
        string[] steps = ["parse", "differentiate", "evaluate"];
        double[] theirs = [.. steps.Select(step => peer is { } answer ? 1000 * answer.GetProperty(step).GetDouble() : double.NaN)];
        for (int i = 0; i < 3; i++) Row(steps[i], first[i], best[i], theirs[i]);
        Row("all", first.Sum(), best.Sum(), theirs.Sum());
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Wrong or failed rows: Nabla {wrong}{(peer is { } other ? $", SymPy {other.GetProperty("failed").GetInt32()}" : "")}. Ratio = Nabla / SymPy. First time: in a new process, compilation of the code included.");
        return text.ToString();

        void Row(string step, double cold, double warm, double sympy) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"| {step} | {cold:F1} ms | {warm:F1} ms | {sympy:F0} ms | {cold / sympy:F4} | {warm / sympy:F4} |");
    }

    private static JsonElement? Ask(string script, string table)
    {
        foreach (string interpreter in (string[])["python3", "/usr/bin/python3", "python"])
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(interpreter, [script, table]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                process.ErrorDataReceived += static (_, _) => { };
                process.BeginErrorReadLine();
                string answer = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode == 0) return JsonDocument.Parse(answer).RootElement;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // No such interpreter: try the next.
            }
        }
        return null;
    }
}
