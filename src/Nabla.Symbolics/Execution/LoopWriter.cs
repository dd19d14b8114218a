using System.Reflection;
using System.Reflection.Emit;

namespace Nabla.Symbolics;

/// <summary>
/// Writes a program as machine code for rows of numbers: the bodies of its primitives as vector instructions, one after the other,
/// with local variables that are reused when their values are read no more.
/// <code>
/// for each row:   spread what is one number for the row
///   for each step of one or two vectors:    load inputs, compute, store or fold outputs
///   the rest:                               load its elements only, compute by the same code, store its elements only
/// </code>
/// Two vectors go through the code side by side, operation by operation, where one alone would mostly wait for its own results.
/// Where a guard of the graph fails nothing is stored, and <see cref="LoopKernel.Rescue"/> does a stretch of the row.
/// </summary>
internal sealed unsafe partial class LoopWriter
{
    /// <summary>Longer code keeps the processor busy by itself, and takes the longer to be made.</summary>
    private const int LongestPaired = 160;

    private static readonly MethodInfo RescueMethod = typeof(LoopKernel).GetMethod(nameof(LoopKernel.Rescue))!;

    private readonly LaneGraph graph;
    private readonly int[] outputs;
    private readonly bool[] uniform;
    private readonly LoopSink[] sinks;
    private readonly LaneType type;
    private readonly VectorCalls calls;
    private readonly int count;
    private readonly int elementSize;
    private readonly int paired;
    private readonly DynamicMethod method;
    private readonly ILGenerator il;

    private readonly int[] lastUse;
    private readonly LocalBuilder?[,] values;
    private readonly Dictionary<Type, Stack<LocalBuilder>> free = [];

    private readonly LocalBuilder[] inputRows;
    private readonly LocalBuilder[] outputRows;
    private readonly LocalBuilder offset;
    private readonly LocalBuilder left;
    private readonly LocalBuilder rows;
    private readonly LocalBuilder[] masks;

    private LoopWriter(LaneGraph graph, int[] outputs, bool[] uniform, LoopSink[] sinks, LaneType type)
    {
        (this.graph, this.outputs, this.uniform, this.sinks, this.type) = (graph, outputs, uniform, sinks, type);
        calls = VectorCalls.Of(VectorWidth.Current);
        elementSize = type == LaneType.Single ? sizeof(float) : sizeof(double);
        count = calls.Bytes / elementSize;
        lastUse = FindLastUses();
        int alive = lastUse.Count(use => use >= 0);
        paired = alive <= LongestPaired ? 2 : 1;
        method = new DynamicMethod("Loop", typeof(void), [typeof(LoopKernel), typeof(LoopCall*)], typeof(LoopWriter).Module, skipVisibility: true);
        il = method.GetILGenerator(2048);
        values = new LocalBuilder?[graph.Nodes.Count, paired];
        inputRows = [.. uniform.Select(_ => il.DeclareLocal(typeof(nint)))];
        outputRows = [.. sinks.Select(_ => il.DeclareLocal(typeof(nint)))];
        offset = il.DeclareLocal(typeof(nint));
        left = il.DeclareLocal(typeof(nint));
        rows = il.DeclareLocal(typeof(nint));
        masks = new LocalBuilder[paired];
        for (int u = 0; u < paired; u++) masks[u] = il.DeclareLocal(calls.Vector(type));
    }

    /// <summary>The code for an element type, at the width in use.</summary>
    public static LoopRoutine Write<T>(LoopKernel kernel, Program program, bool[] uniform, LoopSink[] sinks)
        where T : unmanaged
    {
        var graph = new LaneGraph();
        int[] registers = LaneTrace.Add<T>(graph, program);
        return new LoopWriter(graph, [.. program.Outputs.Select(output => registers[output])], uniform, sinks, TracedLanes<T>.Type).Write(kernel);
    }

    private LoopRoutine Write(LoopKernel kernel)
    {
        Label rowTest = il.DefineLabel(), rowTop = il.DefineLabel(), rowEnd = il.DefineLabel();
        Label top = il.DefineLabel(), test = il.DefineLabel(), loaded = il.DefineLabel(), partial = il.DefineLabel(), rescue = il.DefineLabel();
        for (int i = 0; i < inputRows.Length; i++) Pointer(nameof(LoopCall.Inputs), i, inputRows[i]);
        for (int i = 0; i < outputRows.Length; i++) Pointer(nameof(LoopCall.Outputs), i, outputRows[i]);
        Field(nameof(LoopCall.Rows));
        il.Emit(OpCodes.Stloc, rows);
        il.Emit(OpCodes.Br, rowTest);

        // A row.
        il.MarkLabel(rowTop);
        foreach ((int node, int input) in Inputs(isUniform: true))
        {
            il.Emit(OpCodes.Ldloc, inputRows[input]);
            il.Emit(OpCodes.Ldobj, VectorCalls.Element(type));
            calls.EmitSpread(il, type);
            LocalBuilder local = il.DeclareLocal(calls.Vector(type));
            il.Emit(OpCodes.Stloc, local);
            for (int u = 0; u < paired; u++) values[node, u] = local;
        }
        StartFolds();
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Stloc, offset);
        Field(nameof(LoopCall.Length));
        il.Emit(OpCodes.Stloc, left);
        il.Emit(OpCodes.Br, test);

        // Whole vectors.
        il.MarkLabel(top);
        foreach ((int node, int input) in Inputs(isUniform: false))
        {
            for (int u = 0; u < paired; u++)
            {
                Address(inputRows[input], u);
                calls.EmitLoad(il, type);
                values[node, u] = il.DeclareLocal(calls.Vector(type));
                il.Emit(OpCodes.Stloc, values[node, u]!);
            }
        }
        il.MarkLabel(loaded);
        for (int i = 0; i < graph.Nodes.Count; i++) Node(i);
        foreach (int guard in graph.Guards)
        {
            for (int u = 0; u < paired; u++)
            {
                il.Emit(OpCodes.Ldloc, values[guard, u]!);
                calls.EmitAll(il, graph.Nodes[guard].Type);
                il.Emit(OpCodes.Brfalse, rescue);
            }
        }
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldc_I4, paired * count);
        il.Emit(OpCodes.Blt, partial);
        for (int i = 0; i < sinks.Length; i++)
            for (int u = 0; u < paired; u++) Sink(i, u);
        Add(offset, paired * calls.Bytes);
        Add(left, -paired * count);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldc_I4, paired * count);
        il.Emit(OpCodes.Bge, top);

        // The rest.
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ble, rowEnd);
        for (int u = 0; u < paired; u++)
        {
            Left(u);
            calls.EmitPartial(il, nameof(PartialLanes.Mask), type);
            il.Emit(OpCodes.Stloc, masks[u]);
        }
        foreach ((int node, int input) in Inputs(isUniform: false))
        {
            for (int u = 0; u < paired; u++)
            {
                LoadPart(inputRows[input], u);
                il.Emit(OpCodes.Stloc, values[node, u]!);
            }
        }
        il.Emit(OpCodes.Br, loaded);
        il.MarkLabel(partial);
        for (int i = 0; i < sinks.Length; i++)
            for (int u = 0; u < paired; u++) SinkPart(i, u);

        il.MarkLabel(rowEnd);
        for (int i = 0; i < inputRows.Length; i++) Advance(nameof(LoopCall.InputSteps), i, inputRows[i]);
        for (int i = 0; i < outputRows.Length; i++) Advance(nameof(LoopCall.OutputSteps), i, outputRows[i]);
        Add(rows, -1);
        il.MarkLabel(rowTest);
        il.Emit(OpCodes.Ldloc, rows);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Bgt, rowTop);
        il.Emit(OpCodes.Ret);
        if (graph.Guards.Count > 0) Rescue(rescue, test);
        return method.CreateDelegate<LoopRoutine>(kernel);
    }

    // ---- values -------------------------------------------------------------------------------------------------------------

    /// <summary>The place of each value's last reader, the number of nodes if it is read at the end, -1 if never.</summary>
    private int[] FindLastUses()
    {
        var last = new int[graph.Nodes.Count];
        last.AsSpan().Fill(-1);
        foreach (int output in outputs) last[output] = last.Length;
        foreach (int guard in graph.Guards) last[guard] = last.Length;
        for (int i = last.Length - 1; i >= 0; i--)
        {
            if (last[i] < 0) continue;
            LaneNode node = graph.Nodes[i];
            int arity = LaneGraph.Arity(node.Op);
            if (arity > 0) last[node.A] = Math.Max(last[node.A], i);
            if (arity > 1) last[node.B] = Math.Max(last[node.B], i);
            if (arity > 2) last[node.C] = Math.Max(last[node.C], i);
        }
        return last;
    }

    private IEnumerable<(int Node, int Input)> Inputs(bool isUniform)
    {
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            LaneNode node = graph.Nodes[i];
            if (node.Op == LaneOp.Input && lastUse[i] >= 0 && uniform[node.Immediate] == isUniform) yield return (i, (int)node.Immediate);
        }
    }

    private void Node(int index)
    {
        LaneNode node = graph.Nodes[index];
        if (lastUse[index] < 0 || node.Op is LaneOp.Input or LaneOp.Constant) return;
        int arity = LaneGraph.Arity(node.Op);
        LaneType operand = graph.Nodes[node.A].Type;
        for (int u = 0; u < paired; u++)
        {
            Push(node.A, u);
            if (VectorCalls.OnBits(node.Op))
            {
                calls.EmitAsBits(il, operand);
                Push(node.B, u);
                calls.EmitAsBits(il, operand);
                calls.EmitOnBits(il, node.Op, operand);
            }
            else
            {
                if (arity > 1) Push(node.B, u);
                if (arity > 2) Push(node.C, u);
                calls.Emit(il, node, node.Op == LaneOp.Select ? node.Type : operand);
            }
            if (arity > 0) Release(node.A, index, u);
            if (arity > 1 && node.B != node.A) Release(node.B, index, u);
            if (arity > 2 && node.C != node.A && node.C != node.B) Release(node.C, index, u);
            Type vector = calls.Vector(node.Type);
            values[index, u] = free.TryGetValue(vector, out Stack<LocalBuilder>? stack) && stack.TryPop(out LocalBuilder? reused) ? reused : il.DeclareLocal(vector);
            il.Emit(OpCodes.Stloc, values[index, u]!);
        }
    }

    private void Push(int value, int u)
    {
        LaneNode node = graph.Nodes[value];
        if (node.Op == LaneOp.Constant) calls.Emit(il, node, node.Type);
        else il.Emit(OpCodes.Ldloc, values[value, u]!);
    }

    private void Release(int value, int at, int u)
    {
        LaneNode node = graph.Nodes[value];
        if (lastUse[value] != at || node.Op is LaneOp.Input or LaneOp.Constant) return;
        Type vector = calls.Vector(node.Type);
        if (!free.TryGetValue(vector, out Stack<LocalBuilder>? stack)) free[vector] = stack = new Stack<LocalBuilder>();
        stack.Push(values[value, u]!);
    }
}
