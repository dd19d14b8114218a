using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

/// <summary>An operation whose outputs are positions, counts or truth values, and so have no derivatives.</summary>
internal abstract class PositionOp(string name) : CustomOp(name)
{
    protected sealed override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

    protected sealed override bool SavesOutputs => false;

    protected sealed override bool IsDifferentiable(int output) => false;

    internal sealed override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) => new Tensor?[context.OutputCount];

    internal sealed override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) => new Tensor?[context.InputCount];
}

// Where elements are: of truth values, of sorted values, of classes.
public sealed partial class Tensor
{
    /// <summary>The positions of the elements that are not zero, one row for each, in row-major order. int64.</summary>
    [Op(OpKind.NotDifferentiable, Shapes = "[d₁, …, dᵣ] → [count, r]")]
    public Tensor Nonzero() => new NonzeroPositionsOp().Of(this);

    /// <summary>The positions of the elements that are not zero: <see cref="Nonzero"/> under NumPy's name.</summary>
    [Op(OpKind.NotDifferentiable, Shapes = "[d₁, …, dᵣ] → [count, r]")]
    public Tensor ArgWhere() => Nonzero();

    /// <summary>The positions of the elements that are not zero, one tensor for each axis: <c>x[Where(x &gt; 0)[0], …]</c>.</summary>
    /// <param name="condition">Truth values, or numbers that are true unless 0.</param>
    [Op(OpKind.NotDifferentiable, Shapes = "[d₁, …, dᵣ] → r times [count]")]
    public static Tensor[] Where(Tensor condition)
    {
        Tensor places = condition.Nonzero();
        var results = new Tensor[condition.Rank];
        for (int axis = 0; axis < results.Length; axis++) results[axis] = places.Select(1, axis);
        return results;
    }

    /// <summary>A new last axis with 1 at the position that is the class and 0 elsewhere. int64.</summary>
    /// <param name="classes">The length of the new axis; the largest class plus one if left out.</param>
    /// <exception cref="DTypeException">The elements are not int64 or int32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An element is negative or not below <paramref name="classes"/>.</exception>
    /// <exception cref="ShapeException">Neither a number of classes nor an element is given.</exception>
    [Op(OpKind.NotDifferentiable, Shapes = "[…] → […, classes]", DTypes = "int64, int32")]
    public Tensor OneHot(int? classes = null)
    {
        CheckIndex("OneHot", this);
        return new OneHotOp(classes).Of(this);
    }

    /// <summary>Where values belong in a sorted vector, or in the sorted rows of a tensor: the position before which each can be inserted. int64.</summary>
    /// <param name="sorted">Ascending along the last axis; a vector, or of the shape of the values but for the last length.</param>
    /// <param name="values">What to look for.</param>
    /// <param name="right">Behind equal elements instead of before them.</param>
    /// <exception cref="ShapeException">The rows of <paramref name="sorted"/> and <paramref name="values"/> do not correspond.</exception>
    [Op(OpKind.NotDifferentiable, Shapes = "[n], […] → […]; […, n], […, m] → […, m]")]
    public static Tensor SearchSorted(Tensor sorted, Tensor values, bool right = false)
    {
        bool fits = sorted.Rank == 1 || (sorted.Rank > 1 && sorted.Rank == values.Rank && sorted.Dims.AsSpan(0, sorted.Rank - 1).SequenceEqual(values.Dims.AsSpan(0, values.Rank - 1)));
        if (!fits) throw new ShapeException($"SearchSorted: sorted is {sorted.Shape}, values is {values.Shape}. Give a sorted vector, or equal lengths but for the last axis.");
        return new SearchSortedOp(right).Of(sorted, values);
    }

    /// <summary>The bucket of each element: the position of the first boundary that is not below it. int64.</summary>
    /// <param name="boundaries">A vector, ascending.</param>
    /// <param name="right">A boundary belongs to the bucket above it.</param>
    /// <exception cref="ShapeException">The boundaries are no vector.</exception>
    [Op(OpKind.NotDifferentiable, Shapes = "[…] → same")]
    public Tensor Bucketize(Tensor boundaries, bool right = false)
    {
        if (boundaries.Rank != 1) throw OpErrors.NeedsRank("Bucketize", "a vector of boundaries", boundaries);
        return SearchSorted(boundaries, this, right);
    }

    /// <summary>The row and column of every element on and below a diagonal, as two rows of int64.</summary>
    /// <param name="rows">The rows of the matrix.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    [Op(OpKind.NotDifferentiable, Shapes = "→ [2, count]")]
    public static Tensor TrilIndices(int rows, int columns, int offset = 0) => Ones([rows, columns], DType.Bool).Tril(offset).Nonzero().T;

    /// <summary>The row and column of every element on and above a diagonal, as two rows of int64.</summary>
    /// <inheritdoc cref="TrilIndices"/>
    [Op(OpKind.NotDifferentiable, Shapes = "→ [2, count]")]
    public static Tensor TriuIndices(int rows, int columns, int offset = 0) => Ones([rows, columns], DType.Bool).Triu(offset).Nonzero().T;

    private static void CheckIndex(string op, Tensor index)
    {
        if (index.DType is not (DType.Int64 or DType.Int32)) throw OpErrors.IndexDType(op, index);
    }

    private static NdArray Packed(in NdArray x) => x.IsContiguous ? x : ArrayCopy.Contiguous(x);

    private static NdArray Packed(in NdArray x, DType dtype) => x.IsContiguous && x.DType == dtype ? x : ArrayCopy.To(x, dtype);

    private sealed class NonzeroPositionsOp() : PositionOp("Nonzero")
    {
        internal override bool ShapesFollowValues => true;

        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => throw OpErrors.ShapeOfValues("Nonzero", "Use Where with a mask, which keeps the shape.");

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => throw SymbolicErrors.ValueDependent("Nonzero", "lengths of the result");

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = inputs[0].Value;
            Span<byte> truth = Packed(x, DType.Bool).Span<byte>();
            int count = 0;
            foreach (byte value in truth) count += value != 0 ? 1 : 0;
            NdArray places = NdArray.Allocate([count, x.Rank], DType.Int64);
            Span<long> rows = places.Span<long>();
            for (int i = 0, row = 0; i < truth.Length; i++)
            {
                if (truth[i] == 0) continue;
                for (int axis = x.Rank - 1, rest = i; axis >= 0; axis--)
                {
                    rows[(row * x.Rank) + axis] = rest % x.Dims[axis];
                    rest /= x.Dims[axis];
                }
                row++;
            }
            return [places];
        }
    }

    /// <summary>
    /// Positions along several axes, broadcast together, as positions along one axis that they are merged into. Negative ones
    /// count from the back.
    /// </summary>
    private sealed class PositionsOp(string caller, int[] lengths, int[] axes, Shape whole) : PositionOp("Positions")
    {
        public Tensor Of(params ReadOnlySpan<Tensor> indices) => Apply(indices);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items.Aligned());

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            int[] dims = inputs[0].Dims;
            for (int i = 1; i < inputs.Length; i++) dims = Broadcasting.Shapes(caller, dims, inputs[i].Dims);
            FormulaList list = SymbolicMode.ListOf(inputs);
            var places = new Expr[Shape.Product(dims)];
            Array.Fill(places, 0);
            for (int i = 0; i < inputs.Length; i++)
            {
                Expr[] index = SymbolicMode.Formulas(inputs[i], dims);
                for (int j = 0; j < index.Length; j++)
                {
                    Expr place = list.IsPosition(index[j]) ? index[j] : F.Select(F.Less(index[j], 0), index[j] + lengths[i], index[j]);
                    places[j] = (places[j] * lengths[i]) + place;
                }
            }
            return [SymbolicMode.Tensor(list, places, dims, DType.Int64)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            int[] dims = inputs[0].Dims;
            for (int i = 1; i < inputs.Length; i++) dims = Broadcasting.Shapes(caller, dims, inputs[i].Dims);
            NdArray result = NdArray.Zeros(dims, DType.Int64);
            Span<long> places = result.Span<long>();
            for (int i = 0; i < inputs.Length; i++)
            {
                NdArray x = inputs[i].Value;
                Span<long> index = Packed(x.View(dims, Broadcasting.Strides(x, dims), x.Offset), DType.Int64).Span<long>();
                int n = lengths[i];
                for (int j = 0; j < index.Length; j++)
                {
                    long place = index[j] < 0 ? index[j] + n : index[j];
                    if ((ulong)place >= (ulong)n) throw OpErrors.OutsideAxis(caller, index[j], axes[i], n, whole);
                    places[j] = (places[j] * n) + place;
                }
            }
            return [result];
        }
    }

    private sealed class OneHotOp(int? classes) : PositionOp("OneHot")
    {
        internal override bool ShapesFollowValues => classes is null;

        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) =>
            classes is null ? throw OpErrors.ShapeOfValues("OneHot", "Give the number of classes.") : ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            if (classes is not { } count) throw SymbolicErrors.ValueDependent("OneHot", "lengths of the result");
            Tensor x = inputs[0].Unsqueeze(^1);
            return [x.Eq(Arange(count)).Long()];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            Span<long> index = Packed(inputs[0].Value, DType.Int64).Span<long>();
            if (classes is null && index.IsEmpty) throw new ShapeException($"OneHot: the tensor {inputs[0].Shape} has no elements to count the classes from. Give classes.");
            long count = classes ?? 0;
            foreach (long i in index)
            {
                if (i < 0 || (classes is { } limit && i >= limit))
                    throw OpErrors.ClassOutside(i, classes);
                if (classes is null) count = Math.Max(count, i + 1);
            }
            NdArray result = NdArray.Zeros(Shape.Create([.. inputs[0].Dims, checked((int)count)]).Dims, DType.Int64);
            Span<long> hot = result.Span<long>();
            for (int i = 0; i < index.Length; i++) hot[(int)((i * count) + index[i])] = 1;
            return [result];
        }
    }

    private sealed class SearchSortedOp(bool right) : PositionOp("SearchSorted")
    {
        public Tensor Of(Tensor sorted, Tensor values) => Apply(sorted, values);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            Tensor values = items[1];
            if (items.Shared(0) is { Rank: 1 } same) return ApplyMany(same, values);
            Tensor sorted = items[0];
            return sorted.Rank == values.Rank ? ApplyMany(sorted, values) : [Apply(sorted, values.Reshape(items.Size, -1)).Reshape(values.Shape)];
        }

        // As many as are before it.
        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            (Tensor sorted, Tensor values) = (inputs[0].Unsqueeze(inputs[0].Rank - 1), inputs[1].Unsqueeze(^1));
            return [(right ? sorted <= values : sorted < values).Sum(^1)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            // Integers beyond 2⁵³ would lose digits as doubles.
            bool whole = !inputs[0].DType.IsFloatingPoint() && !inputs[1].DType.IsFloatingPoint();
            NdArray result = NdArray.Allocate(inputs[1].Dims, DType.Int64);
            if (whole) Search<long>(inputs[0].Value, inputs[1].Value, DType.Int64, result.Span<long>());
            else Search<double>(inputs[0].Value, inputs[1].Value, DType.Float64, result.Span<long>());
            return [result];
        }

        private void Search<T>(in NdArray sorted, in NdArray values, DType dtype, Span<long> result)
            where T : unmanaged, System.Numerics.INumber<T>
        {
            ReadOnlySpan<T> all = Packed(sorted, dtype).Span<T>(), wanted = Packed(values, dtype).Span<T>();
            int n = sorted.Dims[^1], perRow = sorted.Rank == 1 ? Math.Max(wanted.Length, 1) : Math.Max(values.Dims[^1], 1);
            for (int i = 0; i < wanted.Length; i++)
            {
                ReadOnlySpan<T> row = sorted.Rank == 1 ? all : all.Slice(i / perRow * n, n);
                int low = 0, high = n;
                while (low < high)
                {
                    int middle = (low + high) / 2;

                    // NaN sorts behind every number.
                    bool before = right ? !(row[middle] > wanted[i]) && (!T.IsNaN(row[middle]) || T.IsNaN(wanted[i])) : row[middle] < wanted[i] || (T.IsNaN(wanted[i]) && !T.IsNaN(row[middle]));
                    if (before) low = middle + 1;
                    else high = middle;
                }
                result[i] = low;
            }
        }
    }
}
