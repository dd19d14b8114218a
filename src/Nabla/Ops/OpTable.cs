using System.Reflection;

namespace Nabla;

/// <summary>How an operation differentiates.</summary>
public enum OpKind
{
    /// <summary>A scalar formula for every element; derivatives are those of the formula.</summary>
    Elementwise,

    /// <summary>Linear: the tangent is the operation itself, the gradient its transpose.</summary>
    Linear,

    /// <summary>Linear in each of two inputs.</summary>
    Bilinear,

    /// <summary>States its own derivatives.</summary>
    Custom,

    /// <summary>Made of other operations, and differentiated through them.</summary>
    Composite,

    /// <summary>Has no derivative: indices, truth values, counts.</summary>
    NotDifferentiable,
}

/// <summary>The row of the operation table for a public method that is not elementwise; it stands beside the method.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
internal sealed class OpAttribute(OpKind kind) : Attribute
{
    public OpKind Kind => kind;

    /// <summary>Shapes in and out: <c>[…, m, k] · […, k, n] → […, m, n]</c>.</summary>
    public string Shapes { get; init; } = "any";

    /// <summary>Element types it takes.</summary>
    public string DTypes { get; init; } = "any";

    /// <summary>Where the input is meant to be.</summary>
    public string Domain { get; init; } = "everywhere";

    /// <summary>The convention at kinks and ties; empty if there are none.</summary>
    public string Kinks { get; init; } = "";
}

/// <summary>One operation, as documentation and tests see it.</summary>
/// <param name="Name">The public method's name, with its class if that is not Tensor.</param>
/// <param name="Kind">How it differentiates.</param>
/// <param name="Shapes">Shapes in and out.</param>
/// <param name="DTypes">Element types it takes.</param>
/// <param name="Domain">Where the input is meant to be.</param>
/// <param name="Kinks">The convention at kinks and ties.</param>
/// <param name="Elementwise">The formula, for an elementwise operation.</param>
public sealed record OpRow(string Name, OpKind Kind, string Shapes, string DTypes, string Domain, string Kinks, ElementwiseOp? Elementwise);

/// <summary>
/// All operations, gathered from their declarations: elementwise operations from their formulas, the others from the
/// attribute on their method. For documentation, tests and tools; nothing in a computation reads it.
/// </summary>
public static class OpTable
{
    private static readonly Lazy<IReadOnlyList<OpRow>> All = new(Gather);

    /// <summary>One row per operation, in alphabetical order; overloads of one name that differ in kind have a row each.</summary>
    public static IReadOnlyList<OpRow> Rows => All.Value;

    private static OpRow[] Gather()
    {
        var rows = new Dictionary<(string Name, OpKind Kind), OpRow>();
        foreach (Type type in typeof(Tensor).Assembly.GetTypes())
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                if (field.FieldType != typeof(ElementwiseOp) || type.ContainsGenericParameters) continue;
                if (field.GetValue(null) is not ElementwiseOp { IsListed: true } op) continue;
                string name = type == typeof(Tensor) || type.Name == op.Name ? op.Name : $"{type.Name}.{op.Name}";
                string domain = string.Join(", ", op.Domains.Select(d => d.ToString()).Distinct());
                OpKind kind = op.IsPredicate ? OpKind.NotDifferentiable : OpKind.Elementwise;
                rows[(name, kind)] = new OpRow(name, kind,
                    op.Arity == 1 ? "any → same" : "broadcast together", op.Declared.Program.IntegerExact ? "any" : "floating point; others become float32",
                    domain, op.Kinks, op);
            }
            foreach (MemberInfo member in type.GetMembers(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            {
                if (member.GetCustomAttribute<OpAttribute>() is not { } op) continue;
                string name = type == typeof(Tensor) ? member.Name : $"{type.Name}.{member.Name}";
                rows.TryAdd((name, op.Kind), new OpRow(name, op.Kind, op.Shapes, op.DTypes, op.Domain, op.Kinks, null));
            }
        }
        return [.. rows.Values.OrderBy(row => row.Name, StringComparer.Ordinal).ThenBy(row => row.Kind)];
    }
}
