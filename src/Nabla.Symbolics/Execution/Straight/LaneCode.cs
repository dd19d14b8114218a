using System.Reflection;
using System.Reflection.Emit;

namespace Nabla.Symbolics;

/// <summary>How numbers are compared in generated code.</summary>
internal enum Comparison
{
    Less, LessEqual, Equal, NotEqual,
}

/// <summary>
/// The instructions for one kind of number in generated code: a float or double by itself, or a vector of them that holds one number of
/// each of several items. Values are on the evaluation stack; "address" is a native pointer on it.
/// </summary>
internal abstract class LaneCode
{
    /// <summary>The code for an element type, one number at a time.</summary>
    public static LaneCode Scalar(bool single) => single ? ScalarLaneCode.Single : ScalarLaneCode.Double;

    /// <summary>The code for vectors of an element type.</summary>
    public static LaneCode Vector(bool single, int bits) => VectorLaneCode.Of(single, bits);

    /// <summary>The type of a local variable.</summary>
    public abstract Type Local { get; }

    /// <summary>The bytes of a number.</summary>
    public abstract int Size { get; }

    /// <summary>The numbers of a local variable.</summary>
    public abstract int Lanes { get; }

    /// <summary>address → the numbers that lie there.</summary>
    public abstract void Load(ILGenerator il);

    /// <summary>address of one number → that number in all lanes.</summary>
    public abstract void LoadShared(ILGenerator il);

    /// <summary>Writes a value to memory. The actions put the address and the value on the stack.</summary>
    public abstract void Store(ILGenerator il, Action address, Action value);

    /// <summary>→ a number in all lanes.</summary>
    public abstract void Constant(ILGenerator il, double value);

    /// <summary>a, b → a ∘ b for Add, Sub, Mul and Div.</summary>
    public abstract void Binary(ILGenerator il, OpCode operation);

    /// <summary>a → -a.</summary>
    public abstract void Negate(ILGenerator il);

    /// <summary>a, b, c → a·b + c in one rounding.</summary>
    public abstract void MultiplyAdd(ILGenerator il);

    /// <summary>a, b → 1 where the comparison holds, else 0.</summary>
    public abstract void Truth(ILGenerator il, Comparison comparison);

    /// <summary>→ one of two values, by comparison of a and b, or by whether a is not 0 where there is no b. Each action puts a value on the stack and has no other effect.</summary>
    public abstract void Choose(ILGenerator il, Comparison comparison, Action a, Action? b, Action whenTrue, Action whenFalse);

    /// <summary>arguments → the value of a primitive.</summary>
    /// <param name="il">Where to write.</param>
    /// <param name="primitive">The primitive.</param>
    /// <param name="load">Puts an argument on the stack, by its position.</param>
    /// <param name="callees">The functions that are called through delegates.</param>
    public abstract void Call(ILGenerator il, Primitive primitive, Action<int> load, CodeCallees callees);

    /// <summary>The comparison that a primitive is.</summary>
    public static Comparison? ComparisonOf(Primitive primitive) =>
        primitive == Primitives.Less ? Comparison.Less
        : primitive == Primitives.LessEqual ? Comparison.LessEqual
        : primitive == Primitives.Equal ? Comparison.Equal
        : primitive == Primitives.NotEqual ? Comparison.NotEqual
        : null;

    private protected static MethodInfo MethodOf(Type type, string name, params Type[] parameters) =>
        type.GetMethod(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, parameters)
        ?? throw new MissingMethodException(type.Name, name);
}

/// <summary>What generated code calls through delegates: it is the object that the code is bound to.</summary>
internal sealed class CodeCallees
{
    public static readonly FieldInfo ItemsField = typeof(CodeCallees).GetField(nameof(Items))!;

    private readonly List<Delegate> collected = [];

    public Delegate[] Items = [];

    /// <summary>Puts a function on the stack.</summary>
    public void Load(ILGenerator il, Delegate function)
    {
        int index = collected.IndexOf(function);
        if (index < 0)
        {
            index = collected.Count;
            collected.Add(function);
        }
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, ItemsField);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
    }

    public void Complete() => Items = [.. collected];
}
