using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// Lanes that compute nothing: each operation becomes a node of the graph being traced. So the body of a primitive, run once on
/// them, tells what it consists of.
/// </summary>
internal readonly unsafe struct TracedLanes<T> : ILanes<TracedLanes<T>, T>
    where T : unmanaged
{
    private readonly int node;

    public TracedLanes(int node) => this.node = node;

    /// <summary>The value in the graph.</summary>
    public int Node => node;

    /// <summary>The lanes' type.</summary>
    public static LaneType Type => typeof(T) == typeof(float) ? LaneType.Single : typeof(T) == typeof(double) ? LaneType.Double : LaneType.Whole;

    public static int Count => throw Untraceable("Count");

    public static TracedLanes<T> Zero => Bits(0);

    public static TracedLanes<T> One => typeof(T) == typeof(long) ? Bits(1) : Float(1);

    private static LaneGraph Graph => LaneTrace.Current ?? throw new InvalidOperationException("TracedLanes: no graph is being traced.");

    public static TracedLanes<T> All(T value) =>
        Bits(typeof(T) == typeof(float) ? Unsafe.BitCast<T, int>(value) : Unsafe.BitCast<T, long>(value));

    public static TracedLanes<T> Load(T* source) => throw Untraceable("Load");

    public static void Store(TracedLanes<T> x, T* target) => throw Untraceable("Store");

    public static T First(TracedLanes<T> x) => throw Untraceable("First");

    // ---- arithmetic ----

    public static TracedLanes<T> operator +(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Add, a, b);

    public static TracedLanes<T> operator +(TracedLanes<T> a, T b) => a + All(b);

    public static TracedLanes<T> operator -(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Subtract, a, b);

    public static TracedLanes<T> operator -(TracedLanes<T> a, T b) => a - All(b);

    public static TracedLanes<T> operator -(T a, TracedLanes<T> b) => All(a) - b;

    public static TracedLanes<T> operator *(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Multiply, a, b);

    public static TracedLanes<T> operator *(TracedLanes<T> a, T b) => a * All(b);

    public static TracedLanes<T> operator /(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Divide, a, b);

    public static TracedLanes<T> operator /(T a, TracedLanes<T> b) => All(a) / b;

    public static TracedLanes<T> operator -(TracedLanes<T> x) => New(LaneOp.Negate, x);

    public static TracedLanes<T> MultiplyAdd(TracedLanes<T> a, TracedLanes<T> b, TracedLanes<T> c) => New(LaneOp.MultiplyAdd, a, b, c);

    public static TracedLanes<T> MultiplyAdd(TracedLanes<T> a, TracedLanes<T> b, T c) => MultiplyAdd(a, b, All(c));

    public static TracedLanes<T> MultiplyAdd(TracedLanes<T> a, T b, TracedLanes<T> c) => MultiplyAdd(a, All(b), c);

    public static TracedLanes<T> MultiplyAdd(TracedLanes<T> a, T b, T c) => MultiplyAdd(a, All(b), All(c));

    public static TracedLanes<T> Fma(TracedLanes<T> a, TracedLanes<T> b, TracedLanes<T> c) => New(LaneOp.FusedMultiplyAdd, a, b, c);

    public static TracedLanes<T> Fma(TracedLanes<T> a, T b, TracedLanes<T> c) => Fma(a, All(b), c);

    public static TracedLanes<T> Sqrt(TracedLanes<T> x) => New(LaneOp.Sqrt, x);

    public static TracedLanes<T> Abs(TracedLanes<T> x) => New(LaneOp.Abs, x);

    public static TracedLanes<T> CopySign(TracedLanes<T> size, TracedLanes<T> sign) => New(LaneOp.CopySign, size, sign);

    public static bool CanScale => VectorCalls.CanScale;

    public static TracedLanes<T> Scale(TracedLanes<T> x, TracedLanes<T> k) => New(LaneOp.Scale, x, k);

    public static TracedLanes<T> Min(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Min, a, b);

    public static TracedLanes<T> Max(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Max, a, b);

    public static TracedLanes<T> Floor(TracedLanes<T> x) => New(LaneOp.Floor, x);

    public static TracedLanes<T> Ceiling(TracedLanes<T> x) => New(LaneOp.Ceiling, x);

    public static TracedLanes<T> Round(TracedLanes<T> x) => New(LaneOp.Round, x);

    public static TracedLanes<T> Truncate(TracedLanes<T> x) => New(LaneOp.Truncate, x);

    // ---- comparison and selection ----

    public static TracedLanes<T> operator <(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Less, a, b);

    public static TracedLanes<T> operator <(TracedLanes<T> a, T b) => a < All(b);

    public static TracedLanes<T> operator >(TracedLanes<T> a, TracedLanes<T> b) => b < a;

    public static TracedLanes<T> operator >(TracedLanes<T> a, T b) => All(b) < a;

    public static TracedLanes<T> operator <=(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.LessEqual, a, b);

    public static TracedLanes<T> operator <=(TracedLanes<T> a, T b) => a <= All(b);

    public static TracedLanes<T> operator >=(TracedLanes<T> a, TracedLanes<T> b) => b <= a;

    public static TracedLanes<T> operator >=(TracedLanes<T> a, T b) => All(b) <= a;

    public static TracedLanes<T> Equal(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Equal, a, b);

    public static TracedLanes<T> Equal(TracedLanes<T> a, T b) => Equal(a, All(b));

    public static TracedLanes<T> Select(TracedLanes<T> mask, TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Select, mask, a, b);

    public static TracedLanes<T> Select(TracedLanes<T> mask, T a, TracedLanes<T> b) => Select(mask, All(a), b);

    /// <summary>Supposes that no lane is set, and keeps that as a guard.</summary>
    public static bool AnyTrue(TracedLanes<T> mask)
    {
        Graph.Guard((~mask).node);
        return false;
    }

    /// <summary>Supposes that all lanes are set, and keeps that as a guard.</summary>
    public static bool AllTrue(TracedLanes<T> mask)
    {
        Graph.Guard(mask.node);
        return true;
    }

    // ---- bits ----

    public static TracedLanes<T> Bits(long bits) => new(Graph.Constant(Type, bits));

    public static TracedLanes<T> operator &(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.And, a, b);

    public static TracedLanes<T> operator |(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Or, a, b);

    public static TracedLanes<T> operator ^(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.Xor, a, b);

    public static TracedLanes<T> operator ~(TracedLanes<T> a) => New(LaneOp.Not, a);

    public static TracedLanes<T> AndNot(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.AndNot, a, b);

    public static TracedLanes<T> operator <<(TracedLanes<T> a, int count) => new(Graph.Add(LaneOp.ShiftLeft, Type, a.node, immediate: count));

    public static TracedLanes<T> operator >>>(TracedLanes<T> a, int count) => new(Graph.Add(LaneOp.ShiftRight, Type, a.node, immediate: count));

    public static TracedLanes<T> AddBits(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.AddBits, a, b);

    public static TracedLanes<T> AddBits(TracedLanes<T> a, long b) => AddBits(a, Bits(b));

    public static TracedLanes<T> SubtractBits(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.SubtractBits, a, b);

    public static TracedLanes<T> IsNegative(TracedLanes<T> a) => New(LaneOp.IsNegative, a);

    public static TracedLanes<T> EqualBits(TracedLanes<T> a, TracedLanes<T> b) => New(LaneOp.EqualBits, a, b);

    // ---- double precision ----

    public static TracedLanes<T> Widened<TOperator>(TracedLanes<T> x)
        where TOperator : struct, IUnaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new TracedLanes<double>(x.node)).node);
        return Narrow(TOperator.Apply(Half(LaneOp.WidenLower, x)), TOperator.Apply(Half(LaneOp.WidenUpper, x)));
    }

    public static TracedLanes<T> Widened2<TOperator>(TracedLanes<T> a, TracedLanes<T> b)
        where TOperator : struct, IBinaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new TracedLanes<double>(a.node), new TracedLanes<double>(b.node)).node);
        return Narrow(
            TOperator.Apply(Half(LaneOp.WidenLower, a), Half(LaneOp.WidenLower, b)),
            TOperator.Apply(Half(LaneOp.WidenUpper, a), Half(LaneOp.WidenUpper, b)));
    }

    private static TracedLanes<double> Half(LaneOp half, TracedLanes<T> x) => new(Graph.Add(half, LaneType.Double, x.node));

    private static TracedLanes<T> Narrow(TracedLanes<double> low, TracedLanes<double> high) => new(Graph.Add(LaneOp.Narrow, Type, low.Node, high.Node));

    private static TracedLanes<T> Float(float value) => typeof(T) == typeof(float)
        ? Bits(BitConverter.SingleToInt32Bits(value))
        : Bits(BitConverter.DoubleToInt64Bits(value));

    private static TracedLanes<T> New(LaneOp op, TracedLanes<T> a, TracedLanes<T> b = default, TracedLanes<T> c = default) =>
        new(Graph.Add(op, Type, a.node, b.node, c.node));

    private static NotSupportedException Untraceable(string member) => new($"TracedLanes: a body cannot ask for {member}; it is traced once for all widths.");
}
