using System.Collections;

namespace Nabla;

/// <summary>
/// Puts the steps of a graph into units that are run one after the other: a loop of elementwise steps and sums over as many
/// elements, or a single other operation. A step joins the loop of a producer whose results it reads element by element, or one
/// that reads the same memory, unless something between them would have to run in the middle of the loop.
/// </summary>
internal sealed class Fusion
{
    /// <summary>Beyond so many instructions a loop has more values at hand than fit the first-level cache.</summary>
    private const int MostInstructions = 160;

    /// <summary>Up to so many elements the start of a loop costs more than what it does: loops are joined that share nothing.</summary>
    private const int FewElements = 2048;

    /// <summary>How many of the latest units are looked at for such company.</summary>
    private const int LatestUnits = 8;

    private readonly List<FusionUnit> units = [];
    private readonly Dictionary<RecordedValue, FusionUnit> producers = [];
    private readonly HashSet<RecordedValue> sums = [];
    private readonly Dictionary<RecordedValue, List<FusionUnit>> readers = [];
    private readonly int capacity;

    private Fusion(int capacity) => this.capacity = capacity;

    /// <summary>The units of a graph, in an order in which they can run.</summary>
    public static List<FusionUnit> Of(RecordedGraph graph)
    {
        var fusion = new Fusion(graph.Steps.Length);
        FusionUnit? lastEffect = null;
        for (int i = 0; i < graph.Steps.Length; i++)
        {
            RecordedStep step = graph.Steps[i];
            FusionUnit unit = LoopStep.Of(step, i) is { } loop ? fusion.Place(loop) : fusion.Add(step, null);
            if (!step.HasEffect) continue;
            if (lastEffect is not null) fusion.After(unit, lastEffect);
            lastEffect = unit;
        }
        return fusion.Ordered();
    }

    private List<FusionUnit> Ordered()
    {
        // Whoever comes before another has fewer before it.
        var alive = units.FindAll(unit => unit.JoinedTo is null);
        alive.Sort((a, b) => a.CountBefore() is var x && b.CountBefore() is var y && x != y ? x.CompareTo(y) : a.Index.CompareTo(b.Index));
        return alive;
    }

    private FusionUnit Add(RecordedStep step, LoopStep? loop)
    {
        var unit = new FusionUnit(units.Count, capacity, loop?.Dims ?? []);
        units.Add(unit);
        foreach (RecordedOperand input in step.Inputs)
            if (producers.TryGetValue(input.Value, out FusionUnit? producer)) After(unit, producer.Current);
        Join(unit, step, loop);
        return unit;
    }

    private void Join(FusionUnit unit, RecordedStep step, LoopStep? loop)
    {
        if (loop is null)
        {
            unit.Other = step;
        }
        else
        {
            unit.Loop.Add(loop);
            unit.Instructions += loop.Instructions;
        }
        foreach (RecordedValue output in step.Outputs)
        {
            producers[output] = unit;
            if (loop is { IsSum: true }) sums.Add(output);
        }
        if (loop is null) return;
        foreach (RecordedOperand input in step.Inputs)
        {
            if (input.Value.Constant is not null) continue;
            if (!readers.TryGetValue(input.Value, out List<FusionUnit>? known)) readers[input.Value] = known = [];
            if (known.Count == 0 || known[^1].Current != unit) known.Add(unit);
        }
    }

    private FusionUnit Place(LoopStep step)
    {
        // What must have run before the loop begins, and which loops the step could be part of.
        var before = new BitArray(capacity);
        var candidates = new List<FusionUnit>();
        foreach (RecordedOperand input in step.Step.Inputs)
        {
            if (!producers.TryGetValue(input.Value, out FusionUnit? producer)) continue;
            producer = producer.Current;
            bool aligned = input.IsWhole && producer.Other is null && !sums.Contains(input.Value) && producer.Count == step.Count
                && producer.Compute == step.Compute && (input.DType == step.Compute || input.DType == DType.Bool);
            if (!aligned)
            {
                before.Or(producer.Before);
                before[producer.Index] = true;
            }
            else if (!candidates.Contains(producer))
            {
                candidates.Add(producer);
            }
        }

        FusionUnit? target = null;
        foreach (FusionUnit candidate in candidates)
        {
            if (target is null)
            {
                if (CanJoin(candidate, step, before, candidates)) target = candidate;
            }
            else if (CanMerge(target, candidate, before, candidates))
            {
                Merge(target, candidate);
            }
        }
        target ??= Company(step, before, candidates);
        if (target is null) return Add(step.Step, step);
        foreach (FusionUnit candidate in candidates)
        {
            if (candidate.Current == target) continue;
            before.Or(candidate.Before);
            before[candidate.Index] = true;
        }
        Extend(target, before);
        Join(target, step.Step, step);
        return target;
    }

    /// <summary>A loop that reads the same memory, or, where loops are short, any over the same shape.</summary>
    private FusionUnit? Company(LoopStep step, BitArray before, List<FusionUnit> candidates)
    {
        foreach (RecordedOperand input in step.Step.Inputs)
        {
            if (input.Value.Numel < step.Count || !readers.TryGetValue(input.Value, out List<FusionUnit>? known)) continue;
            for (int i = known.Count - 1; i >= Math.Max(0, known.Count - LatestUnits); i--)
                if (IsCompany(known[i].Current)) return known[i].Current;
        }
        if (step.Count > FewElements) return null;
        for (int i = units.Count - 1; i >= Math.Max(0, units.Count - LatestUnits); i--)
            if (IsCompany(units[i].Current)) return units[i].Current;
        return null;

        bool IsCompany(FusionUnit unit) =>
            unit.Other is null && unit.Count == step.Count && unit.Compute == step.Compute && CanJoin(unit, step, before, candidates);
    }

    private bool CanJoin(FusionUnit unit, LoopStep step, BitArray before, List<FusionUnit> producers)
    {
        if (before[unit.Index] || unit.Instructions + step.Instructions > MostInstructions || !step.Fits(unit.Dims)) return false;
        foreach (FusionUnit producer in producers)
            if (producer.Current != unit && producer.Current.Before[unit.Index]) return false;
        return true;
    }

    private static bool CanMerge(FusionUnit a, FusionUnit b, BitArray before, List<FusionUnit> producers)
    {
        if (before[b.Index] || a.Before[b.Index] || b.Before[a.Index] || a.Instructions + b.Instructions > MostInstructions) return false;
        foreach (FusionUnit producer in producers)
            if (producer.Current != a && producer != b && producer.Before[b.Index]) return false;
        return b.Loop.TrueForAll(step => step.Fits(a.Dims));
    }

    private void Merge(FusionUnit a, FusionUnit b)
    {
        b.JoinedTo = a;
        a.Loop.AddRange(b.Loop);
        a.Instructions += b.Instructions;
        a.Loop.Sort((x, y) => x.Position.CompareTo(y.Position));
        foreach (FusionUnit unit in units)
            if (unit.JoinedTo is null && unit.Before[b.Index]) unit.Before[a.Index] = true;
        Extend(a, b.Before);
    }

    private void After(FusionUnit unit, FusionUnit earlier)
    {
        if (unit == earlier || unit.Before[earlier.Index]) return;
        var before = new BitArray(earlier.Before) { [earlier.Index] = true };
        Extend(unit, before);
    }

    /// <summary>Notes that other units come before one, and so before all that come after it.</summary>
    private void Extend(FusionUnit unit, BitArray before)
    {
        unit.Before.Or(before);
        foreach (FusionUnit later in units)
            if (later.JoinedTo is null && later.Before[unit.Index]) later.Before.Or(unit.Before);
    }
}

/// <summary>What is run as one: a loop, or another step.</summary>
internal sealed class FusionUnit(int index, int capacity, int[] dims)
{
    public int Index => index;

    /// <summary>The shape of the loop.</summary>
    public int[] Dims => dims;

    /// <summary>The number of elements.</summary>
    public int Count { get; } = Shape.Product(dims);

    /// <summary>The steps of a loop.</summary>
    public List<LoopStep> Loop { get; } = [];

    /// <summary>The only step, if it is no loop.</summary>
    public RecordedStep? Other { get; set; }

    /// <summary>All units that must have run before.</summary>
    public BitArray Before { get; } = new(capacity);

    /// <summary>The unit of which this one has become a part.</summary>
    public FusionUnit? JoinedTo { get; set; }

    public FusionUnit Current
    {
        get
        {
            FusionUnit unit = this;
            while (unit.JoinedTo is { } other) unit = other;
            return unit;
        }
    }

    public DType Compute => Loop[0].Compute;

    public int Instructions { get; set; }

    public int CountBefore()
    {
        int count = 0;
        for (int i = 0; i < Before.Length; i++)
            if (Before[i]) count++;
        return count;
    }
}

/// <summary>A step that can be part of a loop: an elementwise operation, a copy, or a sum.</summary>
internal sealed class LoopStep
{
    private LoopStep(RecordedStep step, int position, int[] dims, DType compute)
    {
        (Step, Position, Dims, Compute) = (step, position, dims, compute);
        Count = Shape.Product(dims);
        Instructions = step is ElementwiseStep elementwise ? elementwise.Op.Declared.Program.Instructions.Length : 1;
    }

    public RecordedStep Step { get; }

    /// <summary>The shape of the loop.</summary>
    public int[] Dims { get; }

    public DType Compute { get; }

    public int Count { get; }

    /// <summary>The order in which steps were recorded.</summary>
    public int Position { get; }

    /// <summary>The strides of a sum along the axes of <see cref="Dims"/>, 0 along those that are summed; null for other steps.</summary>
    public int[]? SumStrides { get; private init; }

    public bool IsSum => SumStrides is not null;

    public int Instructions { get; }

    /// <summary>The step as part of a loop; null if it can be none.</summary>
    public static LoopStep? Of(RecordedStep step, int position)
    {
        switch (step)
        {
            case ElementwiseStep elementwise:
                return new LoopStep(step, position, elementwise.Dims, elementwise.Compute);
            case OpStep { Op.IsCopy: true } copy when copy.Outputs[0].DType.IsFloatingPoint() && !copy.Inputs[0].DType.IsComplex():
                return new LoopStep(step, position, copy.Inputs[0].Dims, copy.Outputs[0].DType);
            case OpStep { Op.SummedAxes: { } axes } sum when sum.Inputs[0].DType.IsFloatingPoint():
                return new LoopStep(step, position, sum.Inputs[0].Dims, sum.Inputs[0].DType) { SumStrides = LoopSpace.SumStrides(sum.Inputs[0].Dims, axes) };
            default:
                return null;
        }
    }

    /// <summary>Whether all that the step reads can be counted along the axes of another shape.</summary>
    public bool Fits(int[] dims)
    {
        if (Dims.AsSpan().SequenceEqual(dims)) return true;
        if (SumStrides is not null && LoopSpace.Reshape(Dims, SumStrides, dims) is null) return false;
        foreach (RecordedOperand input in Step.Inputs)
            if ((!input.IsWhole || input.Numel != Count) && LoopSpace.Reshape(Dims, LoopSpace.Strides(input, Dims), dims) is null) return false;
        return true;
    }
}
