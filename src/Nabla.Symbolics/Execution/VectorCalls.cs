using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Symbolics;

/// <summary>
/// The runtime's vector functions of one width, as what a <see cref="LaneGraph"/> is written with. The runtime knows them by name and
/// makes an instruction of each, so that nothing is left to its inliner.
/// </summary>
internal sealed class VectorCalls
{
    private static readonly ConcurrentDictionary<int, VectorCalls> Known = new();

    private readonly Type generic;
    private readonly Type functions;
    private readonly ConcurrentDictionary<(string Name, Type Element), MethodInfo> found = new();

    private VectorCalls(int width)
    {
        Bytes = width / 8;
        (generic, functions) = width switch
        {
            512 => (typeof(Vector512<>), typeof(Vector512)),
            256 => (typeof(Vector256<>), typeof(Vector256)),
            _ => (typeof(Vector128<>), typeof(Vector128)),
        };
    }

    /// <summary>The bytes of a vector.</summary>
    public int Bytes { get; }

    /// <summary>The vector registers of the processor.</summary>
    public int Registers => Avx512F.VL.IsSupported || AdvSimd.IsSupported ? 32 : 16;

    /// <summary>Whether the hardware scales by powers of two at every width.</summary>
    public static bool CanScale => Avx512F.VL.IsSupported;

    /// <summary>The functions of vectors of so many bits.</summary>
    public static VectorCalls Of(int width) => Known.GetOrAdd(width, static w => new VectorCalls(w));

    /// <summary>The element type of the runtime.</summary>
    public static Type Element(LaneType type) => type switch
    {
        LaneType.Single => typeof(float),
        LaneType.Double => typeof(double),
        _ => typeof(long),
    };

    /// <summary>The vector type.</summary>
    public Type Vector(LaneType type) => generic.MakeGenericType(Element(type));

    /// <summary>Replaces the operands on the stack by the value.</summary>
    public void Emit(ILGenerator il, in LaneNode node, LaneType operand)
    {
        Type element = Element(operand);
        Type bits = operand == LaneType.Single ? typeof(int) : typeof(long);
        switch (node.Op)
        {
            case LaneOp.Constant: EmitConstant(il, node.Type, node.Immediate); break;
            case LaneOp.Add: Call(il, "op_Addition", element); break;
            case LaneOp.Subtract: Call(il, "op_Subtraction", element); break;
            case LaneOp.Multiply: Call(il, "op_Multiply", element); break;
            case LaneOp.Divide: Call(il, "op_Division", element); break;
            case LaneOp.Negate: Call(il, "op_UnaryNegation", element); break;
            case LaneOp.MultiplyAdd: Call(il, "MultiplyAddEstimate", element); break;
            case LaneOp.FusedMultiplyAdd: Call(il, "FusedMultiplyAdd", element); break;
            case LaneOp.Sqrt: Call(il, "Sqrt", element); break;
            case LaneOp.Abs: Call(il, "Abs", element); break;
            case LaneOp.CopySign: Call(il, "CopySign", element); break;
            case LaneOp.Scale: il.Emit(OpCodes.Call, found.GetOrAdd(("Scale", element), _ => Scaling(element))); break;
            case LaneOp.Min: Call(il, "MinNative", element); break;
            case LaneOp.Max: Call(il, "MaxNative", element); break;
            case LaneOp.Floor: Call(il, "Floor", element); break;
            case LaneOp.Ceiling: Call(il, "Ceiling", element); break;
            case LaneOp.Round: Call(il, "Round", element); break;
            case LaneOp.Truncate: Call(il, "Truncate", element); break;
            case LaneOp.Less: Call(il, "LessThan", element); break;
            case LaneOp.LessEqual: Call(il, "LessThanOrEqual", element); break;
            case LaneOp.Equal: Call(il, "Equals", element); break;
            case LaneOp.Select: Call(il, "ConditionalSelect", element); break;
            case LaneOp.And: Call(il, "op_BitwiseAnd", element); break;
            case LaneOp.Or: Call(il, "op_BitwiseOr", element); break;
            case LaneOp.Xor: Call(il, "op_ExclusiveOr", element); break;
            case LaneOp.Not: Call(il, "op_OnesComplement", element); break;
            case LaneOp.AndNot: Call(il, "AndNot", element); break;
            case LaneOp.WidenLower: Call(il, "WidenLower", element); break;
            case LaneOp.WidenUpper: Call(il, "WidenUpper", element); break;
            case LaneOp.Narrow: Call(il, "Narrow", element); break;
            case LaneOp.ShiftLeft:
            case LaneOp.ShiftRight:
                As(il, element, bits);
                il.Emit(OpCodes.Ldc_I4, (int)node.Immediate);
                Call(il, node.Op == LaneOp.ShiftLeft ? "op_LeftShift" : "op_UnsignedRightShift", bits);
                As(il, bits, element);
                break;
            case LaneOp.IsNegative:
                As(il, element, bits);
                il.Emit(OpCodes.Call, Vector(bits).GetProperty("Zero")!.GetMethod!);
                Call(il, "LessThan", bits);
                As(il, bits, element);
                break;
            default:
                throw new NotSupportedException($"VectorCalls: {node.Op} takes its operands otherwise.");
        }
    }

    /// <summary>Whether an operation sees the bits of its two operands as integers.</summary>
    public static bool OnBits(LaneOp op) => op is LaneOp.AddBits or LaneOp.SubtractBits or LaneOp.EqualBits;

    /// <summary>After an operand of an operation on bits was pushed: takes it for integers.</summary>
    public void EmitAsBits(ILGenerator il, LaneType type) => As(il, Element(type), type == LaneType.Single ? typeof(int) : typeof(long));

    /// <summary>Replaces two operands taken for integers by the value.</summary>
    public void EmitOnBits(ILGenerator il, LaneOp op, LaneType type)
    {
        Type bits = type == LaneType.Single ? typeof(int) : typeof(long);
        Call(il, op switch { LaneOp.AddBits => "op_Addition", LaneOp.SubtractBits => "op_Subtraction", _ => "Equals" }, bits);
        As(il, bits, Element(type));
    }

    /// <summary>Replaces a number by a vector of it.</summary>
    public void EmitSpread(ILGenerator il, LaneType type) => Call(il, "Create", Element(type));

    /// <summary>Replaces an address by the vector there.</summary>
    public void EmitLoad(ILGenerator il, LaneType type) => Call(il, "Load", Element(type));

    /// <summary>Stores the vector below the address on the stack.</summary>
    public void EmitStore(ILGenerator il, LaneType type) => Call(il, "Store", Element(type));

    /// <summary>Replaces a mask by whether it is set in all lanes.</summary>
    public void EmitAll(ILGenerator il, LaneType type)
    {
        Type bits = type == LaneType.Single ? typeof(int) : typeof(long);
        As(il, Element(type), bits);
        il.Emit(OpCodes.Call, Vector(bits).GetProperty("AllBitsSet")!.GetMethod!);
        Call(il, "EqualsAll", bits);
    }

    /// <summary>Calls one of <see cref="PartialLanes"/>.</summary>
    public void EmitPartial(ILGenerator il, string name, LaneType type) =>
        il.Emit(OpCodes.Call, found.GetOrAdd(("Partial" + name, Element(type)), _ => typeof(PartialLanes).GetMethod(name)!.MakeGenericMethod(Element(type), Vector(type))));

    private void EmitConstant(ILGenerator il, LaneType type, long bits)
    {
        if (type == LaneType.Single && !float.IsNaN(BitConverter.Int32BitsToSingle((int)bits)))
        {
            il.Emit(OpCodes.Ldc_R4, BitConverter.Int32BitsToSingle((int)bits));
            Call(il, "Create", typeof(float));
        }
        else if (type == LaneType.Single)
        {
            // A number that is none might lose its bits on the way.
            il.Emit(OpCodes.Ldc_I4, (int)bits);
            Call(il, "Create", typeof(int));
            As(il, typeof(int), typeof(float));
        }
        else if (type == LaneType.Double && !double.IsNaN(BitConverter.Int64BitsToDouble(bits)))
        {
            il.Emit(OpCodes.Ldc_R8, BitConverter.Int64BitsToDouble(bits));
            Call(il, "Create", typeof(double));
        }
        else
        {
            il.Emit(OpCodes.Ldc_I8, bits);
            Call(il, "Create", typeof(long));
            if (type == LaneType.Double) As(il, typeof(long), typeof(double));
        }
    }

    private Type Vector(Type element) => generic.MakeGenericType(element);

    private void As(ILGenerator il, Type from, Type to)
    {
        if (from != to) il.Emit(OpCodes.Call, found.GetOrAdd(("As" + to.Name, from), _ => Named("As", 2).MakeGenericMethod(from, to)));
    }

    private void Call(ILGenerator il, string name, Type element) =>
        il.Emit(OpCodes.Call, found.GetOrAdd((name, element), static (key, self) => self.Find(key.Name, key.Element), this));

    private MethodInfo Scaling(Type element) =>
        (Bytes == 64 ? typeof(Avx512F) : typeof(Avx512F.VL)).GetMethod(nameof(Avx512F.Scale), [Vector(element), Vector(element)])!;

    private MethodInfo Find(string name, Type element)
    {
        Type vector = Vector(element);
        if (name.StartsWith("op_", StringComparison.Ordinal))
        {
            Type[] parameters = name switch
            {
                "op_LeftShift" or "op_UnsignedRightShift" => [vector, typeof(int)],
                "op_OnesComplement" or "op_UnaryNegation" => [vector],
                _ => [vector, vector],
            };
            return vector.GetMethod(name, parameters) ?? throw new MissingMethodException(vector.Name, name);
        }
        int arity = name switch
        {
            "MultiplyAddEstimate" or "FusedMultiplyAdd" => 3,
            "Narrow" => 2,
            "Floor" or "Ceiling" or "Round" or "Truncate" or "WidenLower" or "WidenUpper" => 1,
            _ => 0,
        };

        // Functions of the mathematics exist for each type, the others once for all.
        if (arity > 0 && functions.GetMethod(name, [.. Enumerable.Repeat(vector, arity)]) is { } exact) return exact;
        return Named(name, 1).MakeGenericMethod(element);
    }

    private MethodInfo Named(string name, int genericParameters)
    {
        foreach (MethodInfo method in functions.GetMethods(BindingFlags.Static | BindingFlags.Public))
        {
            if (method.Name != name || method.GetGenericArguments().Length != genericParameters) continue;
            if (name == "Create" && (method.GetParameters() is not [{ ParameterType.IsGenericParameter: true }])) continue;
            return method;
        }
        throw new MissingMethodException(functions.Name, name);
    }
}
