namespace Nabla.Symbolics;

/// <summary>A function that can be written in a text: the rows of the table of primitives by name, and the usual relatives built from them.</summary>
internal sealed class NamedFunction
{
    private const int Many = int.MaxValue;
    private static readonly Dictionary<string, NamedFunction> All = CreateTable();

    private readonly Func<Expr[], Expr> build;

    private NamedFunction(string signature, int fewest, int most, Func<Expr[], Expr> build)
    {
        Name = signature[..signature.IndexOf('(', StringComparison.Ordinal)];
        Signature = signature;
        Fewest = fewest;
        Most = most;
        this.build = build;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>How it is written, such as <c>atan2(y, x)</c>.</summary>
    public string Signature { get; }

    /// <summary>The smallest number of arguments.</summary>
    public int Fewest { get; }

    /// <summary>The largest number of arguments.</summary>
    public int Most { get; }

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The function of that name, or null.</summary>
    public static NamedFunction? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Names of functions that are common names of symbols too: without a bracket they mean the symbol.</summary>
    public static bool MayBeSymbol(string name) => name is "sum" or "product" or "gamma" or "beta" or "zeta" or "psi" or "i0" or "i1";

    /// <summary>Whether the number of arguments fits.</summary>
    public bool Takes(int count) => count >= Fewest && count <= Most && (Name != "piecewise" || count % 2 == 1);

    /// <summary>The numbers of arguments, in words.</summary>
    public string ArgumentCount() => Name == "piecewise" ? "an odd number of arguments, 3 or more"
        : Fewest == 0 && Most == 0 ? "no argument"
        : Most == Many ? $"{Fewest} or more arguments"
        : Fewest == Most ? $"{Fewest} {(Fewest == 1 ? "argument" : "arguments")}"
        : $"{Fewest} to {Most} arguments";

    /// <summary>The formula of the call.</summary>
    public Expr Apply(Expr[] arguments) => build(arguments);

    private static Dictionary<string, NamedFunction> CreateTable()
    {
        var table = new Dictionary<string, NamedFunction>();
        foreach (var row in Primitives.All)
        {
            var arguments = row.Arity switch { 1 => "x", 2 => "a, b", _ => "a, b, c" };
            table[row.Name] = new NamedFunction($"{row.Name}({arguments})", row.Arity, row.Arity, args => row.Apply(args));
        }

        void Add(string signature, int fewest, int most, Func<Expr[], Expr> build)
        {
            var function = new NamedFunction(signature, fewest, most, build);
            table[function.Name] = function;
        }

        void Of1(string name, Func<Expr, Expr> build) => Add($"{name}(x)", 1, 1, args => build(args[0]));
        void Alias(string name, string of)
        {
            if (!table.TryGetValue(of, out var function)) return;
            Add(name + function.Signature[of.Length..], function.Fewest, function.Most, function.Apply);
        }

        // A logarithm takes its base as second argument; the extrema and choices any number.
        Add("log(x) or log(x, base)", 1, 2, args => args.Length == 1 ? Functions.Log(args[0]) : Functions.Log(args[0]) / Functions.Log(args[1]));
        Add("max(a, b, ...)", 1, Many, args => args.Aggregate(Functions.Max));
        Add("min(a, b, ...)", 1, Many, args => args.Aggregate(Functions.Min));
        Add("piecewise(condition, value, ..., otherwise)", 3, Many, Piecewise);
        Add("root(x, n)", 2, 2, args => Functions.Pow(args[0], 1 / args[1]));
        Add("clamp(x, low, high)", 3, 3, args => Functions.Clamp(args[0], args[1], args[2]));
        Add("beta(a, b)", 2, 2, args => Functions.Beta(args[0], args[1]));
        Add("zeta(x) or zeta(x, q)", 1, 2, args => Functions.Zeta(args[0], args.Length == 1 ? 1 : args[1]));
        Add("sum(body, index, first, last)", 4, 4, args => Functions.SumOver(args[0], IndexOf("sum", args), args[2], args[3]));
        Add("product(body, index, first, last)", 4, 4, args => Functions.ProductOver(args[0], IndexOf("product", args), args[2], args[3]));
        Of1("relu", x => Functions.Max(x, 0));
        Of1("factorial", Functions.Factorial);
        Of1("heaviside", Functions.Heaviside);
        Of1("logit", Functions.Logit);
        Of1("ndtr", Functions.Ndtr);
        Of1("sinc", Functions.Sinc);
        Of1("trigamma", Functions.Trigamma);

        // The reciprocal functions and their inverses.
        Of1("sec", Functions.Sec);
        Of1("csc", Functions.Csc);
        Of1("cot", Functions.Cot);
        Of1("sech", Functions.Sech);
        Of1("csch", Functions.Csch);
        Of1("coth", Functions.Coth);
        Of1("asec", Functions.Asec);
        Of1("acsc", Functions.Acsc);
        Of1("acot", Functions.Acot);
        Of1("asech", Functions.Asech);
        Of1("acsch", Functions.Acsch);
        Of1("acoth", Functions.Acoth);

        foreach (var inverse in (string[])["sin", "cos", "tan", "sec", "csc", "cot"])
        {
            Alias("arc" + inverse, "a" + inverse);
            Alias("arc" + inverse + "h", "a" + inverse + "h");
            Alias("ar" + inverse + "h", "a" + inverse + "h");
        }

        Alias("arctan2", "atan2");
        Of1("ln", Functions.Log);
        Alias("sgn", "sign");
        Alias("ceiling", "ceil");
        Alias("logistic", "sigmoid");
        Alias("if", "select");
        Alias("where", "select");
        Alias("loggamma", "lgamma");
        Alias("psi", "digamma");
        Alias("mod", "remainder");
        Alias("power", "pow");
        return table;
    }

    private static Expr Piecewise(Expr[] args)
    {
        var value = args[^1];
        for (var i = args.Length - 3; i >= 0; i -= 2) value = Functions.Select(args[i], args[i + 1], value);
        return value;
    }

    private static Symbol IndexOf(string function, Expr[] args) => args[1] as Symbol
        ?? throw new ArgumentException($"The index of a {function} is a name, as in {function}(x^k, k, 1, n); got {args[1].ToString(40)}.");
}
