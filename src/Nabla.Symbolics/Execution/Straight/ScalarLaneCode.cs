using System.Reflection;
using System.Reflection.Emit;

namespace Nabla.Symbolics;

/// <summary>
/// Code for one number at a time. Float arithmetic is float arithmetic; functions are computed in double and rounded, as the scalar
/// executor does, but for those that are exact in either type.
/// </summary>
internal sealed class ScalarLaneCode : LaneCode
{
    public static readonly ScalarLaneCode Double = new(single: false);
    public static readonly ScalarLaneCode Single = new(single: true);

    // Exact or correctly rounded in both types: the same number, without a conversion there and back.
    private static readonly Dictionary<Primitive, string> ExactFunctions = new()
    {
        [Primitives.Sqrt] = nameof(MathF.Sqrt),
        [Primitives.Abs] = nameof(MathF.Abs),
        [Primitives.Floor] = nameof(MathF.Floor),
        [Primitives.Ceil] = nameof(MathF.Ceiling),
        [Primitives.Trunc] = nameof(MathF.Truncate),
        [Primitives.Round] = nameof(MathF.Round),
        [Primitives.Max] = nameof(MathF.Max),
        [Primitives.Min] = nameof(MathF.Min),
        [Primitives.CopySign] = nameof(MathF.CopySign),
    };

    private readonly bool single;

    private ScalarLaneCode(bool single) => this.single = single;

    public override Type Local => single ? typeof(float) : typeof(double);

    public override int Size => single ? sizeof(float) : sizeof(double);

    public override int Lanes => 1;

    public override void Load(ILGenerator il) => il.Emit(single ? OpCodes.Ldind_R4 : OpCodes.Ldind_R8);

    public override void LoadShared(ILGenerator il) => Load(il);

    public override void Store(ILGenerator il, Action address, Action value)
    {
        address();
        value();
        il.Emit(single ? OpCodes.Stind_R4 : OpCodes.Stind_R8);
    }

    public override void Constant(ILGenerator il, double value)
    {
        if (single) il.Emit(OpCodes.Ldc_R4, (float)value);
        else il.Emit(OpCodes.Ldc_R8, value);
    }

    public override void Binary(ILGenerator il, OpCode operation)
    {
        il.Emit(operation switch
        {
            OpCode.Add => OpCodes.Add,
            OpCode.Sub => OpCodes.Sub,
            OpCode.Mul => OpCodes.Mul,
            _ => OpCodes.Div,
        });
    }

    public override void Negate(ILGenerator il) => il.Emit(OpCodes.Neg);

    public override void MultiplyAdd(ILGenerator il)
    {
        Type type = Local;
        il.Emit(OpCodes.Call, MethodOf(single ? typeof(MathF) : typeof(Math), nameof(Math.FusedMultiplyAdd), type, type, type));
    }

    public override void Truth(ILGenerator il, Comparison comparison)
    {
        switch (comparison)
        {
            case Comparison.Less:
                il.Emit(OpCodes.Clt);
                break;
            case Comparison.LessEqual:
                // Not greater, and false if one is NaN.
                il.Emit(OpCodes.Cgt_Un);
                Not();
                break;
            case Comparison.Equal:
                il.Emit(OpCodes.Ceq);
                break;
            default:
                il.Emit(OpCodes.Ceq);
                Not();
                break;
        }
        il.Emit(single ? OpCodes.Conv_R4 : OpCodes.Conv_R8);

        void Not()
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Ceq);
        }
    }

    public override void Choose(ILGenerator il, Comparison comparison, Action a, Action? b, Action whenTrue, Action whenFalse)
    {
        Label otherwise = il.DefineLabel(), done = il.DefineLabel();
        a();
        if (b is null) Constant(il, 0);
        else b();
        il.Emit(
            comparison switch
            {
                Comparison.Less => OpCodes.Bge_Un,
                Comparison.LessEqual => OpCodes.Bgt_Un,
                Comparison.Equal => OpCodes.Bne_Un,
                _ => OpCodes.Beq,
            },
            otherwise);
        whenTrue();
        il.Emit(OpCodes.Br, done);
        il.MarkLabel(otherwise);
        whenFalse();
        il.MarkLabel(done);
    }

    public override void Call(ILGenerator il, Primitive primitive, Action<int> load, CodeCallees callees)
    {
        if (primitive == Primitives.Rsqrt)
        {
            Constant(il, 1);
            load(0);
            il.Emit(OpCodes.Call, MethodOf(single ? typeof(MathF) : typeof(Math), nameof(Math.Sqrt), Local));
            il.Emit(OpCodes.Div);
            return;
        }
        if (single && ExactFunctions.TryGetValue(primitive, out string? name))
        {
            var parameters = new Type[primitive.Arity];
            parameters.AsSpan().Fill(typeof(float));
            for (int i = 0; i < primitive.Arity; i++) load(i);
            il.Emit(OpCodes.Call, MethodOf(typeof(MathF), name, parameters));
            return;
        }

        Delegate function = (Delegate?)primitive.Scalar1 ?? (Delegate?)primitive.Scalar2 ?? primitive.Scalar3
            ?? throw new NotSupportedException($"Compile: {primitive.Name} has no scalar evaluation.");
        MethodInfo method = function.Method;
        bool isStatic = function.Target is null && method.IsStatic;

        // A lambda that captures nothing is an instance method which ignores its instance.
        bool ignoresTarget = !isStatic && function.Target!.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0;
        if (ignoresTarget) il.Emit(OpCodes.Ldnull);
        else if (!isStatic) callees.Load(il, function);
        for (int i = 0; i < primitive.Arity; i++)
        {
            load(i);
            if (single) il.Emit(OpCodes.Conv_R8);
        }
        if (isStatic || ignoresTarget) il.Emit(OpCodes.Call, method);
        else il.Emit(OpCodes.Callvirt, function.GetType().GetMethod(nameof(Action.Invoke))!);
        if (single) il.Emit(OpCodes.Conv_R4);
    }
}
