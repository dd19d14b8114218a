using System.Reflection;
using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

/// <summary>Calls the operation of a reference case by its name, with its constant parameters.</summary>
internal static class NamedOps
{
    // Operations whose name or parameters differ from the reference's.
    private static readonly Dictionary<string, Func<Tensor[], Tensor>> Special = new()
    {
        ["div_floor"] = x => x[0].FloorDivide(x[1]),
        ["div_trunc"] = x => x[0].TruncDivide(x[1]),
        ["trunc_divide"] = x => x[0].TruncDivide(x[1]),
        ["true_divide"] = x => x[0].Div(x[1]),
        ["gelu_tanh"] = x => x[0].Gelu(GeluApproximation.Tanh),
        ["clamp_tensor"] = x => x[0].Clamp(x[1], x[2]),
        ["where_sqrt"] = x => Tensor.Where(x[0] > 0, x[0].Sqrt(), 0),
    };

    private static readonly HashSet<string> Elementwise = new(
        OpTable.Rows.Where(row => row.Elementwise is not null || row.Name is "Sgn" or "Positive" or "FloatPower" or "Rsub" or "Mvlgamma").Select(row => row.Name),
        StringComparer.OrdinalIgnoreCase);

    internal static bool IsElementwise(string op) => Special.ContainsKey(op) || Elementwise.Contains(Plain(op));

    internal static Tensor Call(string op, Tensor[] arguments, double[] parameters)
    {
        if (Special.TryGetValue(op, out Func<Tensor[], Tensor>? function)) return function(arguments);
        foreach (MethodInfo method in typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!method.Name.Equals(Plain(op), StringComparison.OrdinalIgnoreCase) || method.IsGenericMethod) continue;
            if (Arguments(method.GetParameters(), arguments, parameters) is { } values)
                return (Tensor)method.Invoke(arguments[0], values)!;
        }
        throw new MissingMethodException($"Tensor has no method {op} for {arguments.Length} tensor(s) and {parameters.Length} number(s).");
    }

    internal static double[] Parameters(this JsonElement example) => example.GetProperty("parameters").Numbers();

    private static object?[]? Arguments(ParameterInfo[] declared, Tensor[] arguments, double[] parameters)
    {
        var values = new object?[declared.Length];
        for (int i = 0; i < declared.Length; i++)
        {
            Type type = Nullable.GetUnderlyingType(declared[i].ParameterType) ?? declared[i].ParameterType;
            if (i < arguments.Length - 1)
            {
                if (type != typeof(Tensor)) return null;
                values[i] = arguments[i + 1];
            }
            else if (i - arguments.Length + 1 < parameters.Length)
            {
                double parameter = parameters[i - arguments.Length + 1];
                if (type == typeof(double)) values[i] = parameter;
                else if (type == typeof(int) && parameter == Math.Floor(parameter)) values[i] = (int)parameter;
                else return null;
            }
            else if (declared[i].IsOptional)
            {
                values[i] = declared[i].DefaultValue;
            }
            else
            {
                return null;
            }
        }
        return arguments.Length - 1 + parameters.Length <= declared.Length ? values : null;
    }

    private static string Plain(string op) => op.Replace("_", "", StringComparison.Ordinal);
}
