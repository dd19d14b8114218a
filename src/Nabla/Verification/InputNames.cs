using System.Reflection;

namespace Nabla;

/// <summary>What a report calls the inputs of a function.</summary>
internal static class InputNames
{
    /// <summary>The names of a function's own parameters, where the compiler kept them: <c>(mu, sigma) => …</c>.</summary>
    public static string[] Of(Delegate function, int count)
    {
        ParameterInfo[] parameters = function.Method.GetParameters();

        // A lambda may have its closure in front.
        var names = new string[count];
        for (int i = 0; i < count; i++)
        {
            int at = parameters.Length - count + i;
            string? name = at < 0 ? null : parameters[at].Name;
            names[i] = IsName(name) ? name! : count == 1 ? "x" : $"x{i}";
        }
        return names.Distinct().Count() == count ? names : Numbered(count);
    }

    public static string[] Numbered(int count) => count == 1 ? ["x"] : [.. Enumerable.Range(0, count).Select(i => $"x{i}")];

    /// <summary>The name of an element: <c>x</c>, <c>x[2]</c>, <c>S[0, 1]</c>.</summary>
    public static string Element(string name, Shape shape, int position) =>
        shape.Rank == 0 ? name : $"{name}[{string.Join(", ", JacobianComparison.Position(position, shape))}]";

    private static bool IsName(string? name) => !string.IsNullOrEmpty(name) && name.All(c => char.IsLetterOrDigit(c) || c == '_') && !name.All(c => c == '_');
}
