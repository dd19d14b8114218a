using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// A function as it is now: with copies of the objects in which the compiler keeps the variables that it captures. A program is made
/// of one run of a function, its backward pass of another, perhaps much later; both must see the same numbers.
/// </summary>
/// <remarks>
/// What variables refer to is not copied, so captured tensors are the same. Nor are objects of other classes, whose meaning nobody
/// knows here: numbers in their fields and in arrays stay those of the user.
/// </remarks>
internal static class FrozenClosure
{
    private static readonly MethodInfo Clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>The function with its variables as they are now.</summary>
    public static TFunction Of<TFunction>(TFunction function)
        where TFunction : Delegate =>
        (TFunction)Copied(function, new Dictionary<object, object>(ReferenceEqualityComparer.Instance));

    private static Delegate Copied(Delegate function, Dictionary<object, object> copies)
    {
        // Several functions in one delegate are left as they are: only the last one's result counts.
        if (!function.HasSingleTarget || function.Target is not { } target || !HoldsVariables(target)) return function;
        return Delegate.CreateDelegate(function.GetType(), Copied(target, copies), function.Method);
    }

    private static object Copied(object variables, Dictionary<object, object> copies)
    {
        if (copies.TryGetValue(variables, out object? known)) return known;
        object copy = Clone.Invoke(variables, null)!;
        copies.Add(variables, copy);
        foreach (FieldInfo variable in variables.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (variable.FieldType.IsValueType) continue;
            object? value = variable.GetValue(variables);
            if (value is Delegate function) variable.SetValue(copy, Copied(function, copies));
            else if (value is not null && HoldsVariables(value)) variable.SetValue(copy, Copied(value, copies));
        }
        return copy;
    }

    private static bool HoldsVariables(object value) =>
        value.GetType() is { IsValueType: false } type && type.Name.Contains("DisplayClass", StringComparison.Ordinal) && type.IsDefined(typeof(CompilerGeneratedAttribute));
}
