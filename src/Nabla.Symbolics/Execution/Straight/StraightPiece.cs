using System.Reflection.Emit;

namespace Nabla.Symbolics;

/// <summary>Writes the steps from <c>start</c> to <c>end</c> as one method.</summary>
internal sealed unsafe class StraightPiece
{
    private static readonly Type[] Parameters = [typeof(CodeCallees), typeof(byte**), typeof(byte**), typeof(byte*), typeof(nint)];

    private readonly StraightParts parts;
    private readonly int start;
    private readonly int end;
    private readonly bool isLast;
    private readonly LaneCode lane;
    private readonly int inputCount;
    private readonly DynamicMethod method;
    private readonly ILGenerator il;
    private readonly CodeCallees callees = new();
    private readonly Dictionary<int, LocalBuilder> locals = [];
    private readonly Dictionary<(bool IsOutput, int Array), LocalBuilder> pointers = [];
    private readonly int[] uses;
    private LocalBuilder? item;

    public StraightPiece(StraightParts parts, int start, int end, bool isLast)
    {
        (this.parts, this.start, this.end, this.isLast) = (parts, start, end, isLast);
        lane = parts.Lane;
        inputCount = parts.Layout.Inputs.Length;
        uses = new int[end - start];

        // Everything is assigned before it is read: no variable has to be cleared.
        method = new DynamicMethod("Straight", typeof(void), Parameters, typeof(StraightPiece).Module, skipVisibility: true) { InitLocals = false };
        il = method.GetILGenerator(64 + (24 * (end - start)));
    }

    private bool IsLoop => lane.Lanes > 1;

    public StraightRoutine Write()
    {
        CountUses();
        Label top = il.DefineLabel();
        LoadPointers();
        if (IsLoop)
        {
            item = il.DeclareLocal(typeof(nint));
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Stloc, item);
            il.MarkLabel(top);
        }
        for (int i = start; i < end; i++)
        {
            Instruction step = parts.Code[i];
            if (!IsFoldedComparison(i)) Step(step);
        }
        if (isLast) StoreOutputsWithoutSteps();
        if (IsLoop)
        {
            // The number of bytes that the items so far take in a row of a tile.
            il.Emit(OpCodes.Ldloc, item!);
            il.Emit(OpCodes.Ldc_I4, lane.Lanes * lane.Size);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, item!);
            il.Emit(OpCodes.Ldloc, item!);
            il.Emit(OpCodes.Ldarg, (short)4);
            il.Emit(OpCodes.Ldc_I4, lane.Size);
            il.Emit(OpCodes.Mul);
            il.Emit(OpCodes.Blt, top);
        }
        il.Emit(OpCodes.Ret);
        callees.Complete();
        return method.CreateDelegate<StraightRoutine>(callees);
    }

    // ---- steps --------------------------------------------------------------------------------------------------------

    private void Step(Instruction step)
    {
        if (step.Code == OpCode.Select)
        {
            // Before the jump, so that both ways find them.
            Fetch(step.B);
            Fetch(step.C);
            (Comparison comparison, int a, int? b) = ConditionOf(step.A);
            Fetch(a);
            if (b is { } other) Fetch(other);
            lane.Choose(il, comparison, () => Push(a), b is { } second ? () => Push(second) : null, () => Push(step.B), () => Push(step.C));
            Keep(step.Target);
            return;
        }

        int arity = step.Primitive.Arity;
        Fetch(step.A);
        if (arity > 1) Fetch(step.B);
        if (arity > 2) Fetch(step.C);
        switch (step.Code)
        {
            case OpCode.Add or OpCode.Sub or OpCode.Mul or OpCode.Div:
                Push(step.A);
                Push(step.B);
                lane.Binary(il, step.Code);
                break;
            case OpCode.Neg:
                Push(step.A);
                lane.Negate(il);
                break;
            case OpCode.Square:
                Push(step.A);
                Push(step.A);
                lane.Binary(il, OpCode.Mul);
                break;
            case OpCode.Reciprocal:
                lane.Constant(il, 1);
                Push(step.A);
                lane.Binary(il, OpCode.Div);
                break;
            case OpCode.MultiplyAdd or OpCode.MultiplySubtract or OpCode.SubtractProduct:
                Push(step.A);
                if (step.Code == OpCode.SubtractProduct) lane.Negate(il);
                Push(step.B);
                Push(step.C);
                if (step.Code == OpCode.MultiplySubtract) lane.Negate(il);
                lane.MultiplyAdd(il);
                break;
            default:
                if (LaneCode.ComparisonOf(step.Primitive) is { } comparison)
                {
                    Push(step.A);
                    Push(step.B);
                    lane.Truth(il, comparison);
                }
                else
                {
                    lane.Call(il, step.Primitive, argument => Push(argument == 0 ? step.A : argument == 1 ? step.B : step.C), callees);
                }
                break;
        }
        Keep(step.Target);
    }

    // A comparison of this piece that only a choice reads is part of the choice.
    private (Comparison Comparison, int A, int? B) ConditionOf(int condition)
    {
        int at = condition - inputCount;
        if (at < start || at >= end || LaneCode.ComparisonOf(parts.Code[at].Primitive) is not { } comparison) return (Comparison.NotEqual, condition, null);
        return (comparison, parts.Code[at].A, parts.Code[at].B);
    }

    private bool IsFoldedComparison(int at) =>
        uses[at - start] == 0 && LaneCode.ComparisonOf(parts.Code[at].Primitive) is not null && parts.Slots[at] < 0 && !parts.OutputsOf.ContainsKey(inputCount + at);

    // Reads of values of this piece, other than as the condition of a choice.
    private void CountUses()
    {
        for (int i = start; i < end; i++)
        {
            Instruction step = parts.Code[i];
            if (step.Code != OpCode.Select) Count(step.A);
            if (step.Primitive.Arity > 1) Count(step.B);
            if (step.Primitive.Arity > 2) Count(step.C);
        }

        void Count(int value)
        {
            if (value >= inputCount + start && value < inputCount + end) uses[value - inputCount - start]++;
        }
    }

    /// <summary>Takes the value of a step from the stack: into its variable, to the outputs that it is, and to the frame.</summary>
    private void Keep(int value)
    {
        LocalBuilder local = locals[value] = il.DeclareLocal(lane.Local);
        il.Emit(OpCodes.Stloc, local);
        if (parts.OutputsOf.TryGetValue(value, out List<int>? outputs)) StoreOutputs(value, outputs);
        if (parts.Slots[value - inputCount] is var slot and >= 0) lane.Store(il, () => FrameAddress(slot), () => il.Emit(OpCodes.Ldloc, local));
    }

    private void StoreOutputs(int value, List<int> outputs)
    {
        foreach (int output in outputs)
        {
            NumberPlace place = parts.Layout.Outputs[output];
            lane.Store(il, () => Address(isOutput: true, place), () => Push(value));
        }
    }

    // Outputs that are inputs or numbers.
    private void StoreOutputsWithoutSteps()
    {
        foreach ((int value, List<int> outputs) in parts.OutputsOf)
        {
            if (value >= inputCount) continue;
            Fetch(value);
            StoreOutputs(value, outputs);
        }
    }

    // ---- values -------------------------------------------------------------------------------------------------------

    private void Push(int value)
    {
        if (value < 0) lane.Constant(il, parts.Constants[-1 - value]);
        else il.Emit(OpCodes.Ldloc, locals[value]);
    }

    /// <summary>Makes sure that a value has its variable: from the inputs, or from what an earlier piece left.</summary>
    private void Fetch(int value)
    {
        if (value < 0 || locals.ContainsKey(value)) return;
        if (value >= inputCount)
        {
            FrameAddress(parts.Slots[value - inputCount]);
            lane.Load(il);
        }
        else
        {
            NumberPlace place = parts.Layout.Inputs[value];
            Address(isOutput: false, place);
            if (place.Shared) lane.LoadShared(il);
            else lane.Load(il);
        }
        LocalBuilder local = locals[value] = il.DeclareLocal(lane.Local);
        il.Emit(OpCodes.Stloc, local);
    }

    // ---- memory -------------------------------------------------------------------------------------------------------

    // The arrays that this piece touches, before the loop.
    private void LoadPointers()
    {
        for (int i = start; i < end; i++)
        {
            Instruction step = parts.Code[i];
            Reads(step.A);
            if (step.Primitive.Arity > 1) Reads(step.B);
            if (step.Primitive.Arity > 2) Reads(step.C);
            if (parts.OutputsOf.TryGetValue(step.Target, out List<int>? outputs)) Writes(outputs);
        }
        if (!isLast) return;
        foreach ((int value, List<int> outputs) in parts.OutputsOf)
        {
            if (value >= inputCount) continue;
            Reads(value);
            Writes(outputs);
        }

        void Reads(int value)
        {
            if (value >= 0 && value < inputCount) LoadPointer(isOutput: false, parts.Layout.Inputs[value].Array);
        }

        void Writes(List<int> outputs)
        {
            foreach (int output in outputs) LoadPointer(isOutput: true, parts.Layout.Outputs[output].Array);
        }
    }

    private void LoadPointer(bool isOutput, int array)
    {
        if (pointers.ContainsKey((isOutput, array))) return;
        LocalBuilder pointer = pointers[(isOutput, array)] = il.DeclareLocal(typeof(byte*));
        il.Emit(isOutput ? OpCodes.Ldarg_2 : OpCodes.Ldarg_1);
        Offset((long)array * sizeof(byte*));
        il.Emit(OpCodes.Ldind_I);
        il.Emit(OpCodes.Stloc, pointer);
    }

    private void Address(bool isOutput, NumberPlace place)
    {
        il.Emit(OpCodes.Ldloc, pointers[(isOutput, place.Array)]);
        if (IsLoop && !place.Shared) AddItem();
        Offset((long)place.Offset * lane.Size * (place.Shared ? 1 : parts.Layout.TileItems));
    }

    private void FrameAddress(int slot)
    {
        il.Emit(OpCodes.Ldarg_3);
        if (IsLoop) AddItem();
        Offset((long)slot * lane.Size * parts.Layout.TileItems);
    }

    private void AddItem()
    {
        il.Emit(OpCodes.Ldloc, item!);
        il.Emit(OpCodes.Add);
    }

    private void Offset(long bytes)
    {
        if (bytes == 0) return;
        il.Emit(OpCodes.Ldc_I8, bytes);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }
}
