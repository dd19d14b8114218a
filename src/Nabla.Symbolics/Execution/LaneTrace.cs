using System.Collections.Concurrent;
using System.Reflection;

namespace Nabla.Symbolics;

/// <summary>Runs the bodies of primitives on <see cref="TracedLanes{T}"/>, so that they become nodes of a graph.</summary>
internal static class LaneTrace
{
    [ThreadStatic]
    private static LaneGraph? current;

    /// <summary>The graph that receives what is traced on this thread.</summary>
    public static LaneGraph? Current => current;

    /// <summary>Adds a program to a graph and returns the values of its registers at the end; -1 where there is none.</summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="program">What to trace; <see cref="CanTrace{T}"/> says whether it can be.</param>
    public static int[] Add<T>(LaneGraph graph, Program program)
        where T : unmanaged
    {
        var registers = new int[program.RegisterCount];
        registers.AsSpan().Fill(-1);
        LaneType type = TracedLanes<T>.Type;
        for (int i = 0; i < program.InputCount; i++) registers[i] = graph.Input(i, type);
        LaneGraph? outer = current;
        current = graph;
        try
        {
            for (int i = 0; i < program.Constants.Length; i++) registers[program.InputCount + i] = Number<T>(program.Constants[i]).Node;
            foreach (Instruction step in program.Instructions)
            {
                var a = new TracedLanes<T>(registers[step.A]);
                registers[step.Target] = step.Primitive.Arity switch
                {
                    1 => Bodies<T>.Unary(step.Primitive)(a).Node,
                    2 => Bodies<T>.Binary(step.Primitive)(a, new(registers[step.B])).Node,
                    _ => Bodies<T>.Ternary(step.Primitive)(a, new(registers[step.B]), new(registers[step.C])).Node,
                };
            }
        }
        finally
        {
            current = outer;
        }
        return registers;
    }

    /// <summary>Whether every step has a body.</summary>
    public static bool CanTrace<T>(Program program)
        where T : unmanaged
    {
        foreach (Instruction step in program.Instructions)
            if (step.Primitive.Kernel?.Body<T>() is null) return false;
        return true;
    }

    /// <summary>The vector operations of a primitive's body; -1 if it has none.</summary>
    public static int Weight<T>(Primitive primitive)
        where T : unmanaged => Bodies<T>.Weights.GetOrAdd(primitive, static p =>
        {
            if (p.Kernel?.Body<T>() is null) return -1;
            var graph = new LaneGraph();
            var code = Program.OfSteps(p.Arity, [], [new Instruction(OpCode.Call1, p, p.Arity, 0, Math.Min(1, p.Arity - 1), Math.Min(2, p.Arity - 1))], [p.Arity], p.Arity + 1);
            Add<T>(graph, code);
            return graph.Nodes.Count(node => node.Op is not (LaneOp.Input or LaneOp.Constant));
        });

    private static TracedLanes<T> Number<T>(double value)
        where T : unmanaged => TracedLanes<T>.Bits(
            typeof(T) == typeof(float) ? BitConverter.SingleToInt32Bits((float)value)
            : typeof(T) == typeof(double) ? BitConverter.DoubleToInt64Bits(value)
            : (long)value);

    /// <summary>The bodies as delegates, found once.</summary>
    private static class Bodies<T>
        where T : unmanaged
    {
        public static readonly ConcurrentDictionary<Primitive, int> Weights = new();

        private static readonly ConcurrentDictionary<Primitive, Delegate> Known = new();

        public static Func<TracedLanes<T>, TracedLanes<T>> Unary(Primitive p) =>
            (Func<TracedLanes<T>, TracedLanes<T>>)Of(p, typeof(Func<TracedLanes<T>, TracedLanes<T>>));

        public static Func<TracedLanes<T>, TracedLanes<T>, TracedLanes<T>> Binary(Primitive p) =>
            (Func<TracedLanes<T>, TracedLanes<T>, TracedLanes<T>>)Of(p, typeof(Func<TracedLanes<T>, TracedLanes<T>, TracedLanes<T>>));

        public static Func<TracedLanes<T>, TracedLanes<T>, TracedLanes<T>, TracedLanes<T>> Ternary(Primitive p) =>
            (Func<TracedLanes<T>, TracedLanes<T>, TracedLanes<T>, TracedLanes<T>>)Of(
                p, typeof(Func<TracedLanes<T>, TracedLanes<T>, TracedLanes<T>, TracedLanes<T>>));

        private static Delegate Of(Primitive primitive, Type type) => Known.GetOrAdd(
            primitive,
            static (p, type) =>
            {
                Type body = p.Kernel?.Body<T>() ?? throw new NotSupportedException($"{p.Name} has no vector body for {typeof(T).Name}.");
                return body.GetMethod("Apply", BindingFlags.Static | BindingFlags.Public)!.MakeGenericMethod(typeof(TracedLanes<T>)).CreateDelegate(type);
            },
            type);
    }
}
