using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// A scalar formula: an immutable node of a directed acyclic graph. Nodes are hash-consed, so two formulas are structurally equal
/// exactly when they are the same reference, and a shared subterm is stored, evaluated and differentiated once.
/// Construction applies light canonical rules (exact constant folding, like terms, like bases); it never expands and never uses a
/// rule that would need an assumption such as "x is positive".
/// </summary>
public abstract partial class Expr
{
    /// <summary>The operands in canonical order. Internal code only reads this array.</summary>
    internal readonly Expr[] Args;

    /// <summary>Structural hash; used to find a node again, never to order anything.</summary>
    internal readonly int Hash;

    /// <summary>Length of the longest path down to a leaf.</summary>
    internal readonly int Depth;

    /// <summary>Number of nodes of the formula written out as a tree, saturating.</summary>
    internal readonly long Size;

    /// <summary>One bit per free symbol, modulo 64: a clear bit proves that the symbol does not occur.</summary>
    internal readonly ulong SymbolMask;

    /// <summary>Degree as a polynomial in all symbols together; other functions count as degree 0. Orders the terms of a sum.</summary>
    internal readonly double Degree;

    /// <summary>How many sums and products over an index stand inside each other at most; 0 if there are none.</summary>
    internal readonly int Nesting;

    /// <summary>The facts that follow from those of the symbols, plus <see cref="KnownFacts.Computed"/> once they were looked for.</summary>
    internal int FactsCache;

    /// <param name="args">The operands.</param>
    /// <param name="hash">The structural hash.</param>
    /// <param name="ownMask">The bit of the node's own symbol, if it is one.</param>
    /// <param name="degree">The degree.</param>
    /// <param name="body">What an operator over an index is applied to; it is no operand, as its index means nothing outside.</param>
    private protected Expr(Expr[] args, int hash, ulong ownMask, double degree, Expr? body = null)
    {
        const long sizeLimit = long.MaxValue / 4;
        var depth = 0;
        var size = 1L;
        var mask = ownMask;
        var nesting = 0;
        foreach (var arg in args)
        {
            depth = Math.Max(depth, arg.Depth + 1);
            size = Math.Min(size + arg.Size, sizeLimit);
            mask |= arg.SymbolMask;
            nesting = Math.Max(nesting, arg.Nesting);
        }

        if (body is not null)
        {
            depth = Math.Max(depth, body.Depth + 1);
            size = Math.Min(size + body.Size, sizeLimit);
            mask |= body.SymbolMask;
            nesting = Math.Max(nesting, body.Nesting + 1);
        }

        Args = args;
        Hash = hash;
        Depth = depth;
        Size = size;
        SymbolMask = mask;
        Nesting = nesting;
        Degree = Math.Clamp(degree, -1e9, 1e9);
    }

    /// <summary>The operands, in canonical order; empty for symbols, numbers and constants.</summary>
    public IReadOnlyList<Expr> Operands => Args.Length == 0 ? [] : Array.AsReadOnly(Args);

    /// <summary>The symbols that occur in the formula, in the order of their names; the indices of sums and products do not count.</summary>
    public IReadOnlyCollection<Symbol> FreeSymbols => Traversal.FreeSymbols(this);

    // ---- Making formulas ------------------------------------------------------------------------------------------------------

    /// <summary>The elements of arrays, such as <c>mu[i]</c>, that occur in the formula; their indices may be those of sums and products.</summary>
    public IReadOnlyCollection<Indexed> IndexedVariables => Traversal.IndexedVariables(this);

    /// <summary>What is certain of the values, wherever the formula has one: it follows from the assumptions of the symbols.</summary>
    public Assumptions Facts => KnownFacts.Of(this);

    /// <summary>The real symbol of that name; the same name always gives the same symbol.</summary>
    public static Symbol Symbol(string name) => Symbolics.Symbol.Of(name);

    /// <summary>The symbol of that name and those assumptions: <c>Expr.Symbol("n", Assumptions.Positive | Assumptions.Integer)</c>.</summary>
    /// <exception cref="ArgumentException">No number satisfies the assumptions.</exception>
    public static Symbol Symbol(string name, Assumptions assumptions) => Symbolics.Symbol.Of(name, assumptions);

    /// <summary>The exact number of that value.</summary>
    public static implicit operator Expr(int value) => Number.Of(value);

    /// <summary>The exact number of that value.</summary>
    public static implicit operator Expr(long value) => Number.Of(value);

    /// <summary>The exact number of that value.</summary>
    public static implicit operator Expr(BigInteger value) => Number.Of(new Rational(value));

    /// <summary>The exact number of that value.</summary>
    public static implicit operator Expr(Rational value) => Number.Of(value);

    /// <summary>An exact number if <paramref name="value"/> is integral (up to 2^53), else an inexact one: 0.5 stays a double.</summary>
    public static implicit operator Expr(double value) => Number.Of(value);

    /// <summary>The sum of two formulas.</summary>
    public static Expr operator +(Expr left, Expr right) => Sum.Of([left, right]);

    /// <summary>The difference of two formulas.</summary>
    public static Expr operator -(Expr left, Expr right) => Sum.Of([left, -right]);

    /// <summary>The product of two formulas.</summary>
    public static Expr operator *(Expr left, Expr right) => Product.Of([left, right]);

    /// <summary>The quotient of two formulas; exact for exact numbers: <c>x / 2</c> is 1/2 times x.</summary>
    public static Expr operator /(Expr left, Expr right) => Product.Of([left, Power.Of(right, Number.MinusOne)]);

    /// <summary>The negated formula.</summary>
    public static Expr operator -(Expr operand) => Product.Of([Number.MinusOne, operand]);

    /// <summary>The formula itself.</summary>
    public static Expr operator +(Expr operand) => operand;

    // ---- Using formulas -------------------------------------------------------------------------------------------------------

    /// <summary>The derivative with respect to <paramref name="x"/>, by forward accumulation over the graph.</summary>
    public Expr Diff(Symbol x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return ForwardDerivative.Of(this, x);
    }

    /// <summary>
    /// The derivative with respect to an element of an array. Where its indices and those of an element in the formula may be equal or
    /// not, a Kronecker delta says so; in a sum over the index it picks one term: of the sum of mu[i]² over i it is 2*mu[j], where j is in
    /// the range of i. The range holds by itself if the array has a shape.
    /// </summary>
    public Expr Diff(Indexed x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return IndexRange.Assume(ForwardDerivative.Of(this, x), x);
    }

    /// <summary>The derivative of the given order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    public Expr Diff(Symbol x, int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        var derivative = this;
        for (var i = 0; i < order && !ReferenceEquals(derivative, Number.Zero); i++) derivative = derivative.Diff(x);
        return derivative;
    }

    /// <summary>The mixed derivative, one symbol after the other: <c>Diff(x, x, y)</c> is d³/dx²dy.</summary>
    public Expr Diff(params ReadOnlySpan<Symbol> wrt)
    {
        var derivative = this;
        foreach (var symbol in wrt) derivative = derivative.Diff(symbol);
        return derivative;
    }

    /// <summary>
    /// All partial derivatives in one reverse sweep over the graph, at a small multiple of the operations of the value. For a single
    /// symbol, where a reverse sweep saves nothing, it is <see cref="Diff(Symbol)"/>.
    /// </summary>
    public Expr[] Gradient(params ReadOnlySpan<Symbol> wrt)
    {
        // The adjoints of a very deep formula are products as long as it is deep, which few forward sweeps avoid.
        const int veryDeep = 4000;
        const int fewSymbols = 8;
        if (wrt.Length > 1 && (Depth < veryDeep || wrt.Length > fewSymbols)) return ReverseDerivative.Of(this, wrt);
        var gradient = new Expr[wrt.Length];
        for (var i = 0; i < gradient.Length; i++) gradient[i] = Diff(wrt[i]);
        return gradient;
    }

    /// <summary>Replaces subterms, all at the same time; a replacement is not itself searched for further matches.</summary>
    public Expr Subs(IReadOnlyDictionary<Expr, Expr> replacements)
    {
        ArgumentNullException.ThrowIfNull(replacements);
        return Substitution.Apply(this, replacements);
    }

    /// <summary>Replaces one subterm.</summary>
    public Expr Subs(Expr term, Expr replacement) => Subs(new Dictionary<Expr, Expr> { [term] = replacement });

    /// <summary>The value in double precision.</summary>
    /// <exception cref="ArgumentException">A free symbol has no value.</exception>
    public double Evaluate(IReadOnlyDictionary<Symbol, double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Evaluation.Of(this, values, EmptyArrays);
    }

    /// <summary>The value in double precision, with the values of arrays: <c>double[]</c> for mu[i], <c>double[,]</c> for A[i, j], and so on.</summary>
    /// <exception cref="ArgumentException">A free symbol or an array has no value, or an index is outside its array.</exception>
    public double Evaluate(IReadOnlyDictionary<Symbol, double> values, IReadOnlyDictionary<IndexedBase, Array> arrays)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(arrays);
        return Evaluation.Of(this, values, arrays);
    }

    /// <summary>Writes out every sum and product over an index whose bounds are whole numbers, the inner ones first; others stay.</summary>
    /// <exception cref="InvalidOperationException">One has more than 10,000 terms.</exception>
    public Expr Unroll() => Unrolling.Of(this);

    /// <summary>
    /// The formula as text with as few brackets as needed, such as <c>-x*exp(-x^2/2)</c>; <see cref="Parse(string)"/> gives the
    /// same node again. Cut after 100,000 characters.
    /// </summary>
    public override string ToString() => ToString(100_000);

    /// <summary>
    /// The formula as text. A graph with sharing can be exponentially longer as text: what exceeds <paramref name="maxLength"/> is
    /// replaced by <c>…</c>.
    /// </summary>
    public string ToString(int maxLength) => Printer.Print(this, maxLength);

    private static readonly Dictionary<IndexedBase, Array> EmptyArrays = [];

    /// <inheritdoc/>
    public sealed override int GetHashCode() => Hash;

    /// <summary>Equal means the same node: hash-consing makes that structural equality.</summary>
    public sealed override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Whether <paramref name="other"/> has the same kind, payload and operand references.</summary>
    internal abstract bool SameNode(Expr other);

    private protected bool SameArgs(Expr other) => Args.AsSpan().SequenceEqual(other.Args);

    private protected static int HashOf(int seed, ReadOnlySpan<Expr> args)
    {
        var hash = (uint)seed;
        foreach (var arg in args) hash = (BitOperations.RotateLeft(hash, 5) ^ (uint)arg.Hash) * 0x9E3779B1u;
        return (int)(hash ^ (hash >> 15));
    }
}
