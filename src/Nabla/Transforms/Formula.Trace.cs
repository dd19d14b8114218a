using Nabla.Symbolics;

namespace Nabla;

/// <summary>From a function of tensors to formulas and back.</summary>
public static partial class Formula
{
    private static readonly string[] Letters = ["x", "y", "z", "u", "v", "w"];

    /// <summary>
    /// The formulas of a function: it is run once, on symbols in place of numbers, and each element of the result is the formula of
    /// what was done to them. Loops, methods, in-place operations and derivatives inside the function are followed; what it captures
    /// enters as numbers.
    /// </summary>
    /// <param name="function">Any function of a tensor, made of tensor operations.</param>
    /// <param name="shape">The shape of its argument; a scalar if left out.</param>
    /// <param name="name">
    /// What the symbols are called, by default the name of the lambda's parameter where that is no number or function of formulas: a scalar is <c>x</c>, the elements of a vector
    /// <c>x0</c>, <c>x1</c>, …, those of a matrix <c>x00</c>, <c>x01</c>, …, with underscores between positions where an axis is
    /// longer than 10.
    /// </param>
    /// <param name="dtype">
    /// The floating-point type that the argument pretends to have, by which operations check each other; formulas have none. By
    /// default float64, and float32 where the function refuses that.
    /// </param>
    /// <exception cref="TraceException">
    /// The function asks for a number (Item, ToArray, Equal, a C# <c>if</c> on a value) or for a shape that depends on values; or an
    /// operation has no closed formula. The text names the line.
    /// </exception>
    /// <exception cref="ArgumentException">Two inputs share a name, or a name is not an identifier.</exception>
    public static TracedFormula Trace(Func<Tensor, Tensor> function, Shape shape = default, string? name = null, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Trace(inputs => function(inputs[0]), [shape], Names(function, name is null ? null : [name], 1), dtype);
    }

    /// <summary>The formulas of a function of two tensors.</summary>
    /// <param name="function">Any function made of tensor operations.</param>
    /// <param name="first">The shape of its first argument.</param>
    /// <param name="second">The shape of its second argument.</param>
    /// <param name="names">What the symbols of each argument are called; the names of the lambda's parameters by default.</param>
    /// <param name="dtype">The floating-point type that the arguments pretend to have.</param>
    /// <inheritdoc cref="Trace(Func{Tensor, Tensor}, Shape, string, DType?)" path="/exception"/>
    public static TracedFormula Trace(Func<Tensor, Tensor, Tensor> function, Shape first, Shape second, IReadOnlyList<string>? names = null, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Trace(inputs => function(inputs[0], inputs[1]), [first, second], Names(function, names, 2), dtype);
    }

    /// <summary>The formulas of a function of three tensors.</summary>
    /// <param name="function">Any function made of tensor operations.</param>
    /// <param name="first">The shape of its first argument.</param>
    /// <param name="second">The shape of its second argument.</param>
    /// <param name="third">The shape of its third argument.</param>
    /// <param name="names">What the symbols of each argument are called; the names of the lambda's parameters by default.</param>
    /// <param name="dtype">The floating-point type that the arguments pretend to have.</param>
    /// <inheritdoc cref="Trace(Func{Tensor, Tensor}, Shape, string, DType?)" path="/exception"/>
    public static TracedFormula Trace(
        Func<Tensor, Tensor, Tensor, Tensor> function, Shape first, Shape second, Shape third, IReadOnlyList<string>? names = null, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Trace(inputs => function(inputs[0], inputs[1], inputs[2]), [first, second, third], Names(function, names, 3), dtype);
    }

    /// <summary>The formulas of a function of any number of tensors.</summary>
    /// <param name="function">Any function made of tensor operations, from the list of its arguments.</param>
    /// <param name="shapes">The shape of each argument.</param>
    /// <param name="names">What the symbols of each argument are called; x, y, z, u, v, w, or x_0, x_1, … for more, by default.</param>
    /// <param name="dtype">The floating-point type that the arguments pretend to have.</param>
    /// <inheritdoc cref="Trace(Func{Tensor, Tensor}, Shape, string, DType?)" path="/exception"/>
    public static TracedFormula Trace(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Shape> shapes, IReadOnlyList<string>? names = null, DType? dtype = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(shapes);
        TracedInput[] inputs = Inputs(shapes, names ?? DefaultNames(shapes.Count));
        if (dtype is { } given && !given.IsFloatingPoint())
            throw new DTypeException($"Formula.Trace: symbols stand for real numbers, {given.Word()} was given. Use Float64 or Float32, and convert inside the function.");
        Tensor result;
        try
        {
            result = Run(function, inputs, dtype ?? DType.Float64);
        }
        catch (DTypeException) when (dtype is null)
        {
            result = Run(function, inputs, DType.Float32);
        }
        return new TracedFormula(inputs, SymbolicMode.Formulas(result), result.Shape);
    }

    private static Tensor Run(Func<IReadOnlyList<Tensor>, Tensor> function, TracedInput[] inputs, DType dtype)
    {
        var list = new WholeFormulas();
        Tensor[] arguments = Array.ConvertAll(inputs, input => SymbolicMode.Tensor(list, [.. input.Symbols], input.Shape.Dims, dtype));
        return function(arguments) ?? throw new ArgumentException("Formula.Trace: the function returned null. Return a tensor.", nameof(function));
    }

    // ---- names --------------------------------------------------------------------------------------------------------

    /// <summary>The given names; or those of the parameters of a lambda or method, where they can be symbols.</summary>
    private static IReadOnlyList<string> Names(Delegate function, IReadOnlyList<string>? given, int count)
    {
        if (given is not null) return given;
        var parameters = function.Method.GetParameters();
        var names = new string[count];
        for (int i = 0; i < count; i++)
        {
            // A static method bound to a first argument has one parameter more than the delegate.
            string? name = parameters[parameters.Length - count + i].Name;
            if (name is null || !IsName(name) || !ReadsAsSymbol(name)) return DefaultNames(count);
            names[i] = name;
        }
        return names;
    }

    private static string[] DefaultNames(int count)
    {
        var names = new string[count];
        for (int i = 0; i < count; i++) names[i] = count <= Letters.Length ? Letters[i] : $"x_{i}_";
        return names;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_') && name.All(letter => char.IsLetterOrDigit(letter) || letter == '_');

    // e is a number and sin a function: as symbols they would have to be quoted.
    private static bool ReadsAsSymbol(string name) => Expr.TryParse(name, out Expr? formula, out _) && ReferenceEquals(formula, Expr.Symbol(name));

    private static TracedInput[] Inputs(IReadOnlyList<Shape> shapes, IReadOnlyList<string> names)
    {
        if (names.Count != shapes.Count) throw new ArgumentException($"Formula.Trace: {names.Count} names for {shapes.Count} inputs. Give one for each.");
        var inputs = new TracedInput[shapes.Count];
        var owners = new Dictionary<string, string>();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (names[i] is null || !IsName(names[i]))
                throw new ArgumentException($"Formula.Trace: \"{names[i]}\" cannot name a symbol. Use letters, digits and underscores, beginning with a letter.");
            var symbols = new Symbol[shapes[i].Numel];
            for (int j = 0; j < symbols.Length; j++)
            {
                string name = names[i] + Suffix(shapes[i], j);
                if (!owners.TryAdd(name, names[i])) throw new ArgumentException($"Formula.Trace: inputs {owners[name]} and {names[i]} both have a symbol {name}. Pass names: [...] that differ.");
                symbols[j] = Expr.Symbol(name);
            }
            inputs[i] = new TracedInput(names[i], shapes[i], symbols);
        }
        return inputs;
    }

    private static string Suffix(Shape shape, int position)
    {
        const int SingleDigits = 10;
        var index = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--) (position, index[axis]) = (position / shape[axis], position % shape[axis]);
        bool isShort = shape.Rank <= 1 || shape.All(length => length <= SingleDigits);
        return isShort ? string.Concat(index) : "_" + string.Join("_", index);
    }
}
