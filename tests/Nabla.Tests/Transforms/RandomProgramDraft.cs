using Nabla.Symbolics;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Transforms;

/// <summary>
/// A random program while it is written. Every step is computed as it is added, so that shapes are known and numbers stay
/// moderate: what is infinite, huge, nearly constant or large in extent is taken back.
/// </summary>
internal sealed class RandomProgramDraft
{
    private const int MostElements = 48, MostAxes = 4;

    // Derivatives of second order would lose digits beyond.
    private const double Largest = 4, Smallest = 1e-3;

    private static readonly ElementwiseOp[] Elementwise = [.. OpSamples.All.Where(op => !op.IsPredicate && OpSamples.Differentiable(op).Length > 0)];
    private static readonly Sample[] Samples = [.. OpTable.Rows
        .Where(row => row.Elementwise is null && row.Kind != OpKind.NotDifferentiable)
        .SelectMany(OpCalls.For).Where(sample => sample.SecondOrder && sample.Shapes.All(shape => shape.Numel is > 0 and <= MostElements))];

    private readonly Random random;
    private readonly int seed;
    private readonly Func<string, bool> allows;
    private readonly Tensor[] inputs;
    private readonly List<Tensor> values = [];
    private readonly List<ProgramStep> steps = [];

    public RandomProgramDraft(int seed, Func<string, bool> allows)
    {
        this.seed = seed;
        this.allows = allows;
        random = new Random(seed);
        inputs = new Tensor[1 + random.Next(3)];
        for (int i = 0; i < inputs.Length; i++)
        {
            int[] shape = new int[random.Next(4)];
            for (int axis = 0; axis < shape.Length; axis++) shape[axis] = 1 + random.Next(shape.Length == 3 ? 2 : 4);
            inputs[i] = Constant(Shape.Create(shape), -1.5, 1.5);
        }
        values.AddRange(inputs);
    }

    /// <summary>How many moves have been kept.</summary>
    public int Moves { get; private set; }

    public int Next(int below) => random.Next(below);

    public RandomProgram Finish()
    {
        // In the order in which they were made; the last one counts element by element.
        HashSet<int> used = [.. steps.SelectMany(step => step.Operands)];
        int[] unused = [.. Enumerable.Range(0, values.Count).Where(i => !used.Contains(i) && i >= inputs.Length)];
        return new RandomProgram(seed, inputs, [.. steps], unused.Length > 0 ? unused : [values.Count - 1]);
    }

    /// <summary>Adds a random operation, with what its operands need before it; or nothing.</summary>
    public void Move(bool inPlace)
    {
        int kept = steps.Count;
        int made = random.Next(20) switch
        {
            < 6 => AddElementwise(),
            < 9 => AddView(),
            < 11 => AddIndexing(),
            < 13 => AddReduction(),
            < 15 => AddProduct(),
            < 16 => AddJoin(),
            < 17 when inPlace => AddAssignment(),
            _ => AddSample(),
        };
        if (made < 0 || !IsModerate(values[made]))
        {
            steps.RemoveRange(kept, steps.Count - kept);
            values.RemoveRange(inputs.Length + kept, values.Count - inputs.Length - kept);
            return;
        }
        double size = values[made].Abs().Max().Item();
        if (size > Largest)
        {
            double factor = Math.Round(2 / size, 3);
            Apply($"Mul({factor})", x => x[0] * factor, made);
        }
        Moves++;
    }

    private static bool IsModerate(Tensor x)
    {
        if (x.DType != DType.Float64 || x.Numel is 0 or > MostElements || x.Rank > MostAxes) return false;
        double size = x.Abs().Max().Item();
        return size is > Smallest and < 100 * Largest;
    }

    // ---- moves: each returns the value it made, or a negative number --------------------------------------------------

    private int AddElementwise()
    {
        ElementwiseOp op = Elementwise[random.Next(Elementwise.Length)];
        if (!allows(op.Name)) return -1;
        int[] differentiable = OpSamples.Differentiable(op);
        int first = Pick();
        Shape shape = values[first].Shape; // of all operands so far
        var operands = new int[op.Arity];
        for (int i = 0; i < op.Arity; i++)
        {
            Domain domain = op.Domains[i];
            if (!differentiable.Contains(i))
            {
                double unit = random.NextDouble(), number = domain.Sample(0.1 + (0.8 * unit));
                operands[i] = Apply($"Constant({number:R})", _ => Tensor.Of(number, DType.Float64));
                continue;
            }
            int value = i == differentiable[0] ? first : BroadcastPartner(shape);
            shape = Shape.Create(Broadcasting.Shapes(op.Name, shape.ToArray(), values[value].Shape.ToArray()));
            operands[i] = Into(domain, value);
        }
        return Apply(op.Name, x => op.Apply(x), operands);
    }

    private int AddView()
    {
        int from = Pick();
        Tensor x = values[from];
        if (x.Rank == 0) return Apply("Expand(2, 3)", t => t[0].Expand(2, 3), from);
        int axis = random.Next(x.Rank), other = random.Next(x.Rank), length = x.Shape[axis];
        switch (random.Next(9))
        {
            case 0: return Apply($"Transpose({axis}, {other})", t => t[0].Transpose(axis, other), from);
            case 1:
                Axis[] order = [.. Shuffled(x.Rank).Select(i => (Axis)i)];
                return Apply($"Permute({string.Join(", ", order)})", t => t[0].Permute(order), from);
            case 2:
                int start = random.Next(length), count = 1 + random.Next(length - start);
                return Apply($"Narrow({axis}, {start}, {count})", t => t[0].Narrow(axis, start, count), from);
            case 3: return Apply($"Select({axis}, {length - 1})", t => t[0].Select(axis, length - 1), from);
            case 4: return Apply($"Flip({axis})", t => t[0].Flip(axis), from);
            case 5: return Apply($"Unsqueeze({axis})", t => t[0].Unsqueeze(axis), from);
            case 6: return Apply("Reshape(-1)", t => t[0].Reshape(-1), from);
            case 7: return Apply("Index(.., (0..).Step(2))", t => t[0][TensorIndex.Ellipsis, TensorIndex.Slice(0, null, 2)], from);
            default: return Fit(from, RandomShape());
        }
    }

    private int AddIndexing()
    {
        int from = Pick();
        if (values[from].Rank == 0) return -1;
        int axis = random.Next(values[from].Rank), length = values[from].Shape[axis];
        Tensor positions = Positions(length, 1 + random.Next(4));
        string text = string.Join(", ", positions.ToArray<long>());
        switch (random.Next(4))
        {
            case 0: return Apply($"IndexSelect({axis}, [{text}])", t => t[0].IndexSelect(axis, positions), from);
            case 1:
                Tensor everywhere = Positions(length, values[from].Numel).Reshape(values[from].Shape);
                return Apply($"Gather({axis}, [{string.Join(", ", everywhere.ToArray<long>())}])", t => t[0].Gather(axis, everywhere), from);
            case 2:
                int[] shape = values[from].Shape.ToArray();
                shape[axis] = positions.Numel;
                int source = Fit(Pick(), Shape.Create(shape));
                return Apply($"IndexAdd({axis}, [{text}])", t => t[0].IndexAdd(axis, positions, t[1]), from, source);
            default:
                Tensor rows = Positions(values[from].Shape[0], 3);
                int part = Fit(Pick(), Shape.Create([3, .. values[from].Shape.ToArray().AsSpan(1)]));
                return Apply($"IndexPut([[{string.Join(", ", rows.ToArray<long>())}]], accumulate)", t => t[0].IndexPut([rows], t[1], accumulate: true), from, part);
        }
    }

    private int AddReduction()
    {
        int from = Pick();
        if (values[from].Rank == 0) return -1;
        int axis = random.Next(values[from].Rank);
        bool keep = random.Next(2) == 0;
        string where = keep ? $"{axis}, keepAxis" : $"{axis}";
        return random.Next(10) switch
        {
            0 => Apply($"Sum({where})", t => t[0].Sum(axis, keep), from),
            1 => Apply($"Mean({where})", t => t[0].Mean(axis, keep), from),
            2 => Apply($"Prod({where})", t => t[0].Prod(axis, keep), from),
            3 => Apply($"Amax({where})", t => t[0].Amax(axis, keep), from),
            4 => Apply($"LogSumExp({where})", t => t[0].LogSumExp(axis, keep), from),
            5 => Apply($"Var({where})", t => t[0].Var(axis, correction: 0, keep), from),
            6 => Apply($"Softmax({axis})", t => t[0].Softmax(axis), from),
            7 => Apply($"CumSum({axis})", t => t[0].CumSum(axis), from),
            8 => Apply("Sum()", t => t[0].Sum(), from),
            _ => Apply($"Max({where})", t => t[0].Max(axis, keep).Values, from),
        };
    }

    private int AddProduct()
    {
        int left = Pick();
        if (values[left].Rank == 0 || values[left].Rank == MostAxes) return -1;
        int k = values[left].Shape[^1];
        int right = Fit(Pick(), random.Next(4) == 0 ? [k] : values[left].Rank == 3 && random.Next(2) == 0 ? [values[left].Shape[0], k, 2] : [k, 1 + random.Next(3)]);
        return Apply("MatMul", t => t[0].MatMul(t[1]), left, right);
    }

    private int AddJoin()
    {
        int left = Pick(), right = Fit(Pick(), values[left].Shape);
        if (values[left].Rank == 0 || random.Next(2) == 0) return Apply("Stack", t => Tensor.Stack(t), left, right);
        int axis = random.Next(values[left].Rank);
        return Apply($"Cat({axis})", t => Tensor.Cat(t, axis), left, right);
    }

    private int AddAssignment()
    {
        int target = Pick();
        if (values[target].Rank == 0) return -1;
        int axis = random.Next(values[target].Rank), index = random.Next(values[target].Shape[axis]);
        int source = Fit(Pick(), values[target].Select(axis, index).Shape);
        return random.Next(2) == 0
            ? Apply($"Clone().Select({axis}, {index}).CopyInPlace", t => { Tensor y = t[0].Clone(); y.Select(axis, index).CopyInPlace(t[1]); return y; }, target, source)
            : Apply($"Clone().Select({axis}, {index}).MulInPlace", t => { Tensor y = t[0].Clone(); y.Select(axis, index).MulInPlace(t[1]); return y; }, target, source);
    }

    /// <summary>A row of the table that is not elementwise, on values brought into the shapes and ranges of its sample.</summary>
    private int AddSample()
    {
        Sample sample = Samples[random.Next(Samples.Length)];
        if (!allows(sample.Name)) return -1;
        var operands = new int[sample.Shapes.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            int argument = i;
            operands[i] = Apply($"Ranged({sample.Name}, {i})", t => sample.From(argument, t[0].Sigmoid()), Fit(Pick(), sample.Shapes[i]));
        }
        return Apply(sample.Name, sample.Call, operands);
    }

    // ---- operands ------------------------------------------------------------------------------------------------------

    private int Apply(string text, Func<Tensor[], Tensor> call, params int[] operands)
    {
        Tensor value = call(Array.ConvertAll(operands, i => values[i]));
        steps.Add(new ProgramStep($"{text} → {value.Shape}", operands, call));
        values.Add(value);
        return values.Count - 1;
    }

    /// <summary>Any value; late ones more often, so that programs grow deep.</summary>
    private int Pick() => random.Next(2) == 0 ? values.Count - 1 : random.Next(values.Count);

    /// <summary>A value that broadcasts with a shape, as it is or made so.</summary>
    private int BroadcastPartner(Shape shape)
    {
        int candidate = Pick();
        Shape other = values[candidate].Shape;
        bool fits = true;
        for (int i = 1; i <= Math.Min(shape.Rank, other.Rank); i++) fits &= shape[^i] == other[^i] || shape[^i] == 1 || other[^i] == 1;
        if (fits) return candidate;
        int[] partner = shape.ToArray();
        for (int axis = 0; axis < partner.Length; axis++)
            if (random.Next(3) == 0) partner[axis] = 1;
        int dropped = random.Next(partner.Length + 1);
        return Fit(candidate, Shape.Create(partner.AsSpan(dropped)));
    }

    /// <summary>A value mapped into the inside of a domain.</summary>
    private int Into(Domain domain, int value)
    {
        if (double.IsInfinity(domain.Lower) && double.IsInfinity(domain.Upper)) return value;
        double low = domain.Sample(0.1), span = domain.Sample(0.9) - low;
        return Apply($"Into({domain})", t => (t[0].Sigmoid() * span) + low, value);
    }

    /// <summary>A value in another shape: reshaped, broadcast, or its elements picked, some more than once.</summary>
    private int Fit(int from, Shape shape)
    {
        Tensor x = values[from];
        if (x.Shape == shape) return from;
        if (x.Numel == shape.Numel) return Apply($"Reshape({shape})", t => t[0].Reshape(shape), from);
        if (x.Numel == 1) return Apply($"Reshape().Expand({shape})", t => t[0].Reshape().Expand(shape.ToArray()), from);
        Tensor picks = Positions(x.Numel, shape.Numel);
        int vector = x.Rank == 1 ? from : Apply("Reshape(-1)", t => t[0].Reshape(-1), from);
        int picked = Apply($"Index([{string.Join(", ", picks.ToArray<long>())}])", t => t[0][picks], vector);
        return shape.Rank == 1 ? picked : Apply($"Reshape({shape})", t => t[0].Reshape(shape), picked);
    }

    private Tensor Positions(int length, int count)
    {
        var positions = new long[count];
        for (int i = 0; i < count; i++) positions[i] = random.Next(length);
        return Tensor.FromSpan<long>(positions);
    }

    private Tensor Constant(Shape shape, double low, double high)
    {
        var numbers = new double[shape.Numel];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = Math.Round(low + ((high - low) * random.NextDouble()), 4);
        return Tensor.FromSpan<double>(numbers, shape);
    }

    private Shape RandomShape()
    {
        int[] shape = new int[1 + random.Next(3)];
        for (int axis = 0; axis < shape.Length; axis++) shape[axis] = 1 + random.Next(3);
        return Shape.Create(shape);
    }

    private int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }
}
