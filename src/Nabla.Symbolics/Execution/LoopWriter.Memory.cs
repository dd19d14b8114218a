using System.Reflection.Emit;

namespace Nabla.Symbolics;

// Loads, stores and folds.
internal sealed unsafe partial class LoopWriter
{
    // ---- outputs ------------------------------------------------------------------------------------------------------------

    private void Sink(int index, int u)
    {
        if (sinks[index].Kind != LoopSinkKind.Store)
        {
            SinkAddress(index, u);
            calls.EmitLoad(il, type);
            Fold(index, u);
        }
        else
        {
            Push(outputs[index], u);
        }
        SinkAddress(index, u);
        calls.EmitStore(il, type);
    }

    private void SinkPart(int index)
    {
        switch (sinks[index].Kind)
        {
            case LoopSinkKind.Store:
                Push(outputs[index], 0);
                StorePart(index);
                break;
            case LoopSinkKind.Column:
                LoadPart(outputRows[index]);
                Fold(index, 0);
                StorePart(index);
                break;
            default:
                // The lanes beyond the end keep what they had.
                LocalBuilder folded = il.DeclareLocal(calls.Vector(type));
                SinkAddress(index, 0);
                calls.EmitLoad(il, type);
                Fold(index, 0);
                il.Emit(OpCodes.Stloc, folded);
                il.Emit(OpCodes.Ldloc, mask);
                il.Emit(OpCodes.Ldloc, folded);
                SinkAddress(index, 0);
                calls.EmitLoad(il, type);
                calls.Emit(il, new LaneNode(LaneOp.Select, type, 0, 0, 0, 0), type);
                SinkAddress(index, 0);
                calls.EmitStore(il, type);
                break;
        }
    }

    /// <summary>Replaces what there was so far by its fold with an output.</summary>
    private void Fold(int index, int u)
    {
        LocalBuilder soFar = il.DeclareLocal(calls.Vector(type));
        il.Emit(OpCodes.Stloc, soFar);
        LoopFold fold = sinks[index].Fold;
        if (fold is LoopFold.Sum or LoopFold.Product)
        {
            il.Emit(OpCodes.Ldloc, soFar);
            Push(outputs[index], u);
            calls.Emit(il, new LaneNode(fold == LoopFold.Sum ? LaneOp.Add : LaneOp.Multiply, type, 0, 0, 0, 0), type);
            return;
        }

        // As in LoopFolds: the one that is not less than the other, unless it is hidden by a NaN.
        LocalBuilder better = il.DeclareLocal(calls.Vector(type));
        if (fold == LoopFold.Max)
        {
            Push(outputs[index], u);
            il.Emit(OpCodes.Ldloc, soFar);
        }
        else
        {
            il.Emit(OpCodes.Ldloc, soFar);
            Push(outputs[index], u);
        }
        calls.Emit(il, new LaneNode(LaneOp.Less, type, 0, 0, 0, 0), type);
        il.Emit(OpCodes.Ldloc, soFar);
        Push(outputs[index], u);
        calls.Emit(il, new LaneNode(LaneOp.Select, type, 0, 0, 0, 0), type);
        il.Emit(OpCodes.Stloc, better);
        il.Emit(OpCodes.Ldloc, soFar);
        il.Emit(OpCodes.Dup);
        calls.Emit(il, new LaneNode(LaneOp.Equal, type, 0, 0, 0, 0), type);
        il.Emit(OpCodes.Ldloc, better);
        il.Emit(OpCodes.Ldloc, soFar);
        calls.Emit(il, new LaneNode(LaneOp.Select, type, 0, 0, 0, 0), type);
    }

    private void StartFolds()
    {
        Label started = il.DefineLabel();
        Field(nameof(LoopCall.Continues));
        il.Emit(OpCodes.Brtrue, started);
        for (int i = 0; i < sinks.Length; i++)
            if (sinks[i].Kind == LoopSinkKind.Row) StartFold(i);
        il.MarkLabel(started);
    }

    private void StartFold(int index)
    {
        long neutral = type switch
        {
            LaneType.Single => BitConverter.SingleToInt32Bits(LoopFolds.Neutral<float>(sinks[index].Fold)),
            LaneType.Double => BitConverter.DoubleToInt64Bits(LoopFolds.Neutral<double>(sinks[index].Fold)),
            _ => LoopFolds.Neutral<long>(sinks[index].Fold),
        };
        for (int at = 0; at < LoopFolds.Bytes; at += calls.Bytes)
        {
            calls.Emit(il, new LaneNode(LaneOp.Constant, type, 0, 0, 0, neutral), type);
            il.Emit(OpCodes.Ldloc, outputRows[index]);
            il.Emit(OpCodes.Ldc_I4, at);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
            calls.EmitStore(il, type);
        }
    }

    /// <summary>Pushes where an output goes: the element's own place, or the partial result that takes it.</summary>
    private void SinkAddress(int index, int u)
    {
        if (sinks[index].Kind != LoopSinkKind.Row)
        {
            Address(outputRows[index], u);
            return;
        }
        il.Emit(OpCodes.Ldloc, outputRows[index]);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Ldc_I4, LoopFolds.Bytes - 1);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Add);
        Further(u * calls.Bytes);
    }

    // ---- memory -------------------------------------------------------------------------------------------------------------

    private void Address(LocalBuilder row, int u)
    {
        il.Emit(OpCodes.Ldloc, row);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Add);
        Further(u * calls.Bytes);
    }

    private void Further(int bytes)
    {
        if (bytes == 0) return;
        il.Emit(OpCodes.Ldc_I4, bytes);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }

    private void LoadPart(LocalBuilder row)
    {
        Address(row, 0);
        il.Emit(OpCodes.Ldloc, mask);
        il.Emit(OpCodes.Ldloc, left);
        calls.EmitPartial(il, nameof(PartialLanes.Load), type);
    }

    private void StorePart(int index)
    {
        Address(outputRows[index], 0);
        il.Emit(OpCodes.Ldloc, mask);
        il.Emit(OpCodes.Ldloc, left);
        calls.EmitPartial(il, nameof(PartialLanes.Store), type);
    }

    /// <summary>Has a stretch of the row done by other means, and goes on after it.</summary>
    private void Rescue(Label rescue, Label test)
    {
        LocalBuilder done = il.DeclareLocal(typeof(nint));
        il.MarkLabel(rescue);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldloc, rows);
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Call, RescueMethod);
        il.Emit(OpCodes.Stloc, done);
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldloc, done);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, left);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Ldloc, done);
        il.Emit(OpCodes.Ldc_I4, elementSize);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, offset);
        il.Emit(OpCodes.Br, test);
    }

    private void Field(string name)
    {
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldfld, typeof(LoopCall).GetField(name)!);
    }

    private void Element(string array, int index)
    {
        Field(array);
        Further(index * sizeof(nint));
        il.Emit(OpCodes.Ldind_I);
    }

    private void Pointer(string array, int index, LocalBuilder local)
    {
        Element(array, index);
        il.Emit(OpCodes.Stloc, local);
    }

    private void Advance(string steps, int index, LocalBuilder local)
    {
        il.Emit(OpCodes.Ldloc, local);
        Element(steps, index);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, local);
    }

    private void Add(LocalBuilder local, int value)
    {
        il.Emit(OpCodes.Ldloc, local);
        Further(value);
        il.Emit(OpCodes.Stloc, local);
    }
}
