using System.Diagnostics.CodeAnalysis;

namespace Nabla.Symbolics;

/// <summary>The languages that formulas are written in.</summary>
public enum EmitLanguage
{
    /// <summary>C99.</summary>
    C,

    /// <summary>C#: a static method.</summary>
    CSharp,

    /// <summary>CUDA C++: a device function.</summary>
    Cuda,

    /// <summary>GLSL 4.50.</summary>
    Glsl,

    /// <summary>HLSL, shader model 5.</summary>
    Hlsl,
}

/// <summary>The type of the numbers.</summary>
public enum EmitPrecision
{
    /// <summary>64 bits.</summary>
    Double,

    /// <summary>32 bits.</summary>
    Float,
}

/// <summary>What the generated function computes.</summary>
public enum EmitParts
{
    /// <summary>The outputs.</summary>
    Value,

    /// <summary>The derivatives of the outputs, by reverse mode.</summary>
    Gradient,

    /// <summary>Both in one function, sharing what they have in common.</summary>
    ValueAndGradient,
}

/// <summary>What the gradient does about values that the forward function has computed already.</summary>
public enum EmitSaving
{
    /// <summary>It computes them again: one function, nothing passed on.</summary>
    Recompute,

    /// <summary>
    /// Two functions, NAME_forward and NAME_backward. The first passes on what is costly to compute again: results of function calls,
    /// divisions and roots, and longer arithmetic.
    /// </summary>
    Automatic,

    /// <summary>Two functions; everything that backward reads of the forward computation is passed on.</summary>
    All,

    /// <summary>Two functions; the formulas of <see cref="EmitRequest.Saved"/> are passed on.</summary>
    Chosen,
}

/// <summary>
/// What to generate: a function of some parameters that computes formulas, their gradient, or both. Each property is checked where it
/// is set; that the formulas have no symbol besides the parameters' is checked when code is generated.
/// </summary>
/// <example>
/// <code>
/// var request = new EmitRequest { Name = "density", Parameters = [EmitParameter.Vector("d", x, y), a], Outputs = [Functions.Exp(-a * (x * x + y * y))] };
/// string source = Emit.C(request with { Parts = EmitParts.ValueAndGradient });
/// </code>
/// </example>
public sealed record EmitRequest
{
    /// <summary>An empty request; name, parameters and outputs must be set.</summary>
    public EmitRequest()
    {
    }

    /// <summary>A function of numbers with one result.</summary>
    [SetsRequiredMembers]
    public EmitRequest(string name, Expr formula, params ReadOnlySpan<Symbol> parameters)
    {
        Name = name;
        Outputs = [EmitOutput.Scalar("value", formula)];
        var list = new EmitParameter[parameters.Length];
        for (int i = 0; i < list.Length; i++) list[i] = parameters[i];
        Parameters = list;
    }

    /// <summary>The name of the function.</summary>
    public required string Name
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(Name));
            field = value;
        }
    }

    /// <summary>The parameters, in the order of the signature.</summary>
    public required IReadOnlyList<EmitParameter> Parameters
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Parameters));
            var names = new HashSet<string>();
            var symbols = new HashSet<Symbol>();
            foreach (EmitParameter parameter in value)
            {
                if (!names.Add(parameter.Name)) throw new ArgumentException($"EmitRequest.Parameters: two are named '{parameter.Name}'. Rename one.");
                foreach (Symbol symbol in parameter.Symbols)
                    if (!symbols.Add(symbol)) throw new ArgumentException($"EmitRequest.Parameters: symbol '{symbol.Name}' occurs twice. Give each symbol one place.");
            }

            field = value;
        }
    }

    /// <summary>The outputs. A single number is returned; several outputs, or packed ones, are written through parameters.</summary>
    public required IReadOnlyList<EmitOutput> Outputs
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Outputs));
            if (value.Count == 0) throw new ArgumentException("EmitRequest.Outputs: there is none. Give one formula at least.");
            var names = new HashSet<string>();
            foreach (EmitOutput output in value)
                if (!names.Add(output.Name)) throw new ArgumentException($"EmitRequest.Outputs: two are named '{output.Name}'. Rename one.");
            field = value;
        }
    }

    /// <summary>Value, gradient or both; the value by default.</summary>
    public EmitParts Parts { get; init => field = Known(value, nameof(Parts)); } = EmitParts.Value;

    /// <summary>The names of the parameters to differentiate by; all of them if null.</summary>
    public IReadOnlyList<string>? GradientOf { get; init; }

    /// <summary>
    /// Whether the gradient is multiplied by incoming gradients, which become parameters g_OUTPUT: the backward function of a chain.
    /// If null, they are there when the outputs are more than one number.
    /// </summary>
    public bool? Upstream { get; init; }

    /// <summary>Whether gradients are added to what is there, instead of written over it.</summary>
    public bool Accumulate { get; init; }

    /// <summary>The type of the numbers; if null, double in C and C#, float in CUDA, GLSL and HLSL.</summary>
    public EmitPrecision? Precision { get; init => field = value is { } given ? Known(given, nameof(Precision)) : null; }

    /// <summary>
    /// Whether a·b + c is written as one fused operation; if null, in CUDA, GLSL and HLSL, which have it in hardware. In C it is a slow
    /// call unless the compiler may assume that hardware (-mfma, -march=native).
    /// </summary>
    public bool? Fma { get; init; }

    /// <summary>In C, whether sine and cosine of one angle are computed by <c>sincos</c>, an extension of GNU and others.</summary>
    public bool GnuSincos { get; init; }

    /// <summary>Whether the gradient computes forward values again or gets them from a forward function.</summary>
    public EmitSaving Saving { get; init => field = Known(value, nameof(Saving)); } = EmitSaving.Recompute;

    /// <summary>The formulas that the forward function passes on if <see cref="Saving"/> is <see cref="EmitSaving.Chosen"/>.</summary>
    public IReadOnlyList<Expr> Saved
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Saved));
            field = value;
        }
    } = [];

    /// <summary>Writes 1/sqrt also where the language has rsqrt, so that tests can compare languages word by word.</summary>
    internal bool WithoutRsqrt { get; init; }

    private static T Known<T>(T value, string property) where T : struct, Enum => Enum.IsDefined(value)
        ? value
        : throw new ArgumentOutOfRangeException(property, value, $"EmitRequest.{property}: unknown value. Use one of {string.Join(", ", Enum.GetNames<T>())}.");
}
