using System.Reflection;
using System.Reflection.Emit;

namespace Nabla.Symbolics;

/// <summary>
/// Writes a program as machine code for rows of numbers: the bodies of its primitives as vector instructions, one after the other,
/// with local variables that are reused when their values are read no more.
/// <code>
/// for each row:   spread what is one number for the row
///   for each step of up to four vectors:    load inputs, compute, store or fold outputs
///   the rest, vector by vector:             load its elements only, compute the same, store its elements only
/// </code>
/// Several vectors go through the code side by side, operation by operation, where one alone would mostly wait for its own results.
/// Where a guard of the graph fails nothing is stored, and <see cref="LoopKernel.Rescue"/> does a stretch of the row.
/// </summary>
internal sealed unsafe partial class LoopWriter
{
    /// <summary>Longer code keeps the processor busy by itself, and takes the longer to be made.</summary>
    private const int LongestPaired = 160;

    /// <summary>The same for four vectors.</summary>
    private const int LongestFourfold = 100;

    private static readonly MethodInfo RescueMethod = typeof(LoopKernel).GetMethod(nameof(LoopKernel.Rescue))!;

    private readonly LaneGraph graph;
    private readonly int[] outputs;
    private readonly bool[] uniform;
    private readonly LoopSink[] sinks;
    private readonly LaneType type;
    private readonly VectorCalls calls;
    private readonly int count;
    private readonly int elementSize;
    private readonly int widest;
    private readonly DynamicMethod method;
    private readonly ILGenerator il;

    private readonly int[] readers;
    private readonly int[] lastUse;
    private readonly LocalBuilder?[,] values;
    private readonly Dictionary<Type, Stack<LocalBuilder>> free = [];

    private readonly LocalBuilder[] inputRows;
    private readonly LocalBuilder[] outputRows;
    private readonly LocalBuilder offset;
    private readonly LocalBuilder left;
    private readonly LocalBuilder rows;
    private readonly LocalBuilder mask;

    /// <summary>The vectors that what is being written works on side by side.</summary>
    private int beside;

    private LoopWriter(LaneGraph graph, int[] outputs, bool[] uniform, LoopSink[] sinks, LaneType type)
    {
        (this.graph, this.outputs, this.uniform, this.sinks, this.type) = (graph, outputs, uniform, sinks, type);
        calls = VectorCalls.Of(VectorWidth.Current);
        elementSize = type == LaneType.Single ? sizeof(float) : sizeof(double);
        count = calls.Bytes / elementSize;
        readers = FindReaders();
        lastUse = FindLastUses();
        widest = ChooseBeside();
        method = new DynamicMethod("Loop", typeof(void), [typeof(LoopKernel), typeof(LoopCall*)], typeof(LoopWriter).Module, skipVisibility: true);
        il = method.GetILGenerator(2048);
        values = new LocalBuilder?[graph.Nodes.Count, widest];
        inputRows = [.. uniform.Select(_ => il.DeclareLocal(typeof(nint)))];
        outputRows = [.. sinks.Select(_ => il.DeclareLocal(typeof(nint)))];
        offset = il.DeclareLocal(typeof(nint));
        left = il.DeclareLocal(typeof(nint));
        rows = il.DeclareLocal(typeof(nint));
        mask = il.DeclareLocal(calls.Vector(type));
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
        Label top = il.DefineLabel(), test = il.DefineLabel(), rest = il.DefineLabel(), rescue = il.DefineLabel();
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
            for (int u = 0; u < widest; u++) values[node, u] = local;
        }
        StartFolds();
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Stloc, offset);
        Field(nameof(LoopCall.Length));
        il.Emit(OpCodes.Stloc, left);
        il.Emit(OpCodes.Br, test);

        // Whole vectors.
        beside = widest;
        il.MarkLabel(top);
        foreach ((int node, int input) in Inputs(isUniform: false))
        {
            for (int u = 0; u < beside; u++)
            {
                Address(inputRows[input], u);
                calls.EmitLoad(il, type);
                values[node, u] = il.DeclareLocal(calls.Vector(type));
                il.Emit(OpCodes.Stloc, values[node, u]!);
            }
        }
        Compute(rescue);
        for (int i = 0; i < sinks.Length; i++)
            for (int u = 0; u < beside; u++) Sink(i, u);
        Add(offset, beside * calls.Bytes);
        Add(left, -beside * count);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldc_I4, beside * count);
        il.Emit(OpCodes.Bge, top);

        // The rest.
        beside = 1;
        il.MarkLabel(rest);
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ble, rowEnd);
        il.Emit(OpCodes.Ldloc, left);
        calls.EmitPartial(il, nameof(PartialLanes.Mask), type);
        il.Emit(OpCodes.Stloc, mask);
        foreach ((int node, int input) in Inputs(isUniform: false))
        {
            LoadPart(inputRows[input]);
            il.Emit(OpCodes.Stloc, values[node, 0]!);
        }
        Compute(rescue);
        for (int i = 0; i < sinks.Length; i++) SinkPart(i);
        Add(offset, calls.Bytes);
        Add(left, -count);
        il.Emit(OpCodes.Br, rest);

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

    /// <summary>
    /// For each value that is best computed where it is read, its only reader; -1 for others. A mask and the selection that it leads to,
    /// a sign and the sum that takes it, are then one instruction.
    /// </summary>
    private int[] FindReaders()
    {
        var only = new int[graph.Nodes.Count];
        var uses = new int[graph.Nodes.Count];
        only.AsSpan().Fill(-1);
        for (int i = 0; i < only.Length; i++)
        {
            LaneNode node = graph.Nodes[i];
            int arity = LaneGraph.Arity(node.Op);
            for (int operand = 0; operand < arity; operand++)
            {
                int value = Operand(node, operand);
                uses[value]++;
                only[value] = i;
            }
        }
        foreach (int output in outputs) uses[output] += 2;
        foreach (int guard in graph.Guards) uses[guard] += 2;
        for (int i = 0; i < only.Length; i++)
        {
            LaneOp op = graph.Nodes[i].Op;
            bool joins = uses[i] == 1 && op switch
            {
                LaneOp.Less or LaneOp.LessEqual or LaneOp.Equal => graph.Nodes[only[i]].Op == LaneOp.Select && graph.Nodes[only[i]].A == i,
                LaneOp.Negate => graph.Nodes[only[i]].Op is LaneOp.MultiplyAdd or LaneOp.FusedMultiplyAdd,
                _ => false,
            };
            if (!joins) only[i] = -1;
        }
        return only;
    }

    private static int Operand(in LaneNode node, int index) => index switch { 0 => node.A, 1 => node.B, _ => node.C };

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
            int at = readers[i] >= 0 ? readers[i] : i;
            int arity = LaneGraph.Arity(node.Op);
            for (int operand = 0; operand < arity; operand++) last[Operand(node, operand)] = Math.Max(last[Operand(node, operand)], at);
        }
        return last;
    }

    /// <summary>How many vectors go side by side: a matter of the registers for what is alive at the same time.</summary>
    private int ChooseBeside()
    {
        int used = lastUse.Count(use => use >= 0);
        if (used > LongestPaired) return 1;
        if (used > LongestFourfold || calls.Registers < 32) return 2;
        var ends = new int[graph.Nodes.Count + 1];
        int alive = 0, most = 0, spread = 0;
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            if (lastUse[i] < 0 || graph.Nodes[i].Op != LaneOp.Input) continue;
            if (uniform[graph.Nodes[i].Immediate]) spread++;
            else alive++;
        }
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            if (lastUse[i] < 0 || graph.Nodes[i].Op is LaneOp.Input or LaneOp.Constant || readers[i] >= 0) continue;
            ends[lastUse[i]]++;
            most = Math.Max(most, ++alive);
            alive -= ends[i];
        }

        // Where they do not quite fit, what is read again comes from the stack by units that have nothing else to do.
        return (4 * most) + spread <= calls.Registers * 3 / 2 ? 4 : 2;
    }

    private IEnumerable<(int Node, int Input)> Inputs(bool isUniform)
    {
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            LaneNode node = graph.Nodes[i];
            if (node.Op == LaneOp.Input && lastUse[i] >= 0 && uniform[node.Immediate] == isUniform) yield return (i, (int)node.Immediate);
        }
    }

    /// <summary>All values, and the way out where they do not hold.</summary>
    private void Compute(Label rescue)
    {
        for (int i = 0; i < graph.Nodes.Count; i++) Node(i);
        foreach (int guard in graph.Guards)
        {
            for (int u = 0; u < beside; u++)
            {
                il.Emit(OpCodes.Ldloc, values[guard, u]!);
                calls.EmitAll(il, graph.Nodes[guard].Type);
                il.Emit(OpCodes.Brfalse, rescue);
            }
        }
    }

    private void Node(int index)
    {
        LaneNode node = graph.Nodes[index];
        if (lastUse[index] < 0 || readers[index] >= 0 || node.Op is LaneOp.Input or LaneOp.Constant) return;
        for (int u = 0; u < beside; u++)
        {
            Operation(index, u);
            ReleaseOperands(index, index, u);
            Type vector = calls.Vector(node.Type);
            values[index, u] = free.TryGetValue(vector, out Stack<LocalBuilder>? stack) && stack.TryPop(out LocalBuilder? reused) ? reused : il.DeclareLocal(vector);
            il.Emit(OpCodes.Stloc, values[index, u]!);
        }
    }

    /// <summary>Pushes the value of an operation.</summary>
    private void Operation(int index, int u)
    {
        LaneNode node = graph.Nodes[index];
        int arity = LaneGraph.Arity(node.Op);
        LaneType operand = graph.Nodes[node.A].Type;
        Push(node.A, u);
        if (VectorCalls.OnBits(node.Op))
        {
            calls.EmitAsBits(il, operand);
            Push(node.B, u);
            calls.EmitAsBits(il, operand);
            calls.EmitOnBits(il, node.Op, operand);
            return;
        }
        if (arity > 1) Push(node.B, u);
        if (arity > 2) Push(node.C, u);
        calls.Emit(il, node, node.Op == LaneOp.Select ? node.Type : operand);
    }

    private void Push(int value, int u)
    {
        LaneNode node = graph.Nodes[value];
        if (node.Op == LaneOp.Constant) calls.Emit(il, node, node.Type);
        else if (readers[value] >= 0) Operation(value, u);
        else il.Emit(OpCodes.Ldloc, values[value, u]!);
    }

    /// <summary>Gives back the variables of what a node reads, itself or through what is computed where it reads it.</summary>
    private void ReleaseOperands(int index, int at, int u)
    {
        LaneNode node = graph.Nodes[index];
        int arity = LaneGraph.Arity(node.Op);
        for (int operand = 0; operand < arity; operand++)
        {
            int value = Operand(node, operand);
            if (readers[value] >= 0)
            {
                ReleaseOperands(value, at, u);
                continue;
            }
            if (lastUse[value] != at || values[value, u] is not { } local || graph.Nodes[value].Op == LaneOp.Input) continue;
            Type vector = calls.Vector(graph.Nodes[value].Type);
            if (!free.TryGetValue(vector, out Stack<LocalBuilder>? stack)) free[vector] = stack = new Stack<LocalBuilder>();
            if (!stack.Contains(local)) stack.Push(local);
        }
    }
}
