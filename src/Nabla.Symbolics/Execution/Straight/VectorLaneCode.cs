using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace Nabla.Symbolics;

/// <summary>
/// Code for vectors of the widest size that the hardware has: one number of each of several items. What has no vector instruction is a
/// call; see <see cref="LaneCalls"/>.
/// </summary>
internal sealed class VectorLaneCode : LaneCode
{
    private static readonly ConcurrentDictionary<(bool Single, int Bits), VectorLaneCode> Known = new();

    // Finding a method takes longer than writing the code of a small function.
    private readonly ConcurrentDictionary<string, MethodInfo> methods = new();
    private readonly bool single;
    private readonly Type operations;
    private readonly Type element;

    private VectorLaneCode(bool single, int bits)
    {
        (this.single, Bits) = (single, bits);
        element = single ? typeof(float) : typeof(double);
        operations = bits switch { 512 => typeof(Vector512), 256 => typeof(Vector256), _ => typeof(Vector128) };
        Local = (bits switch { 512 => typeof(Vector512<>), 256 => typeof(Vector256<>), _ => typeof(Vector128<>) }).MakeGenericType(element);
    }

    /// <summary>The code for vectors of 128, 256 or 512 bits.</summary>
    public static VectorLaneCode Of(bool single, int bits) => Known.GetOrAdd((single, bits), static key => new VectorLaneCode(key.Single, key.Bits));

    /// <summary>The widest vectors that the hardware computes with.</summary>
    public static int WidestBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    public int Bits { get; }

    public override Type Local { get; }

    public override int Size => single ? sizeof(float) : sizeof(double);

    public override int Lanes => Bits / 8 / Size;

    public override void Load(ILGenerator il) => Call(il, "Load");

    public override void LoadShared(ILGenerator il)
    {
        il.Emit(single ? OpCodes.Ldind_R4 : OpCodes.Ldind_R8);
        Broadcast(il);
    }

    public override void Store(ILGenerator il, Action address, Action value)
    {
        value();
        address();
        Call(il, "Store");
    }

    public override void Constant(ILGenerator il, double value)
    {
        if (single) il.Emit(OpCodes.Ldc_R4, (float)value);
        else il.Emit(OpCodes.Ldc_R8, value);
        Broadcast(il);
    }

    public override void Binary(ILGenerator il, OpCode operation) => Call(il, operation switch
    {
        OpCode.Add => "Add",
        OpCode.Sub => "Subtract",
        OpCode.Mul => "Multiply",
        _ => "Divide",
    });

    public override void Negate(ILGenerator il) => Call(il, "Negate");

    public override void MultiplyAdd(ILGenerator il) => il.Emit(OpCodes.Call, methods.GetOrAdd("FusedMultiplyAdd", name => MethodOf(operations, name, Local, Local, Local)));

    public override void Truth(ILGenerator il, Comparison comparison)
    {
        Mask(il, comparison == Comparison.NotEqual ? Comparison.Equal : comparison);
        Constant(il, 1);
        // AndNot(a, b) is a & ~b.
        if (comparison != Comparison.NotEqual) Call(il, "BitwiseAnd");
        else
        {
            LocalBuilder one = il.DeclareLocal(Local), mask = il.DeclareLocal(Local);
            il.Emit(OpCodes.Stloc, one);
            il.Emit(OpCodes.Stloc, mask);
            il.Emit(OpCodes.Ldloc, one);
            il.Emit(OpCodes.Ldloc, mask);
            Call(il, "AndNot");
        }
    }

    public override void Choose(ILGenerator il, Comparison comparison, Action a, Action? b, Action whenTrue, Action whenFalse)
    {
        a();
        if (b is null) Constant(il, 0);
        else b();
        bool inverted = comparison == Comparison.NotEqual;
        Mask(il, inverted ? Comparison.Equal : comparison);
        (inverted ? whenFalse : whenTrue)();
        (inverted ? whenTrue : whenFalse)();
        Call(il, "ConditionalSelect");
    }

    public override void Call(ILGenerator il, Primitive primitive, Action<int> load, CodeCallees callees)
    {
        if (primitive == Primitives.Rsqrt)
        {
            Constant(il, 1);
            load(0);
            Call(il, "Sqrt");
            Call(il, "Divide");
            return;
        }
        for (int i = 0; i < primitive.Arity; i++) load(i);
        string? name = primitive == Primitives.Sqrt ? "Sqrt"
            : primitive == Primitives.Abs ? "Abs"
            : primitive == Primitives.Max ? "Max"
            : primitive == Primitives.Min ? "Min"
            : primitive == Primitives.Floor ? "Floor"
            : primitive == Primitives.Ceil ? "Ceiling"
            : null;
        if (name is not null)
        {
            Call(il, name);
            return;
        }
        il.Emit(OpCodes.Ldc_I4, primitive.Id);
        il.Emit(OpCodes.Call, methods.GetOrAdd(primitive.Arity == 1 ? "Unary" : "Binary", _ => LaneCalls.Method(Bits, primitive.Arity).MakeGenericMethod(element)));
    }

    private void Broadcast(ILGenerator il) => il.Emit(OpCodes.Call, methods.GetOrAdd("Create", name => MethodOf(operations, name, element)));

    private void Mask(ILGenerator il, Comparison comparison) => Call(il, comparison switch
    {
        Comparison.Less => "LessThan",
        Comparison.LessEqual => "LessThanOrEqual",
        _ => "Equals",
    });

    private void Call(ILGenerator il, string name) => il.Emit(OpCodes.Call, methods.GetOrAdd(name, Generic));

    // Floor and its like are overloads by type, the rest is generic.
    private MethodInfo Generic(string name)
    {
        if (operations.GetMethod(name, BindingFlags.Public | BindingFlags.Static, [Local]) is { } typed) return typed;
        foreach (MethodInfo method in operations.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (method.Name != name || !method.IsGenericMethodDefinition || method.GetGenericArguments().Length != 1) continue;
            ParameterInfo[] parameters = method.GetParameters();
            bool scalarOperand = false;
            foreach (ParameterInfo parameter in parameters) scalarOperand |= parameter.ParameterType.IsGenericMethodParameter;
            if (scalarOperand) continue;
            return method.MakeGenericMethod(element);
        }
        throw new MissingMethodException(operations.Name, name);
    }
}
