namespace Nabla.Symbolics;

/// <summary>
/// How each primitive is spelled in each language: the name of the language's own function, <c>*</c> for a function of ours that is
/// written in front of the generated one (<see cref="Prelude"/>), or nothing where the language has no way to say it. Arithmetic,
/// comparisons and choices are operators in all of them and have no row.
/// </summary>
internal static class Spellings
{
    private const string Ours = "*";

    private static readonly Dictionary<string, Row> Rows = new()
    {
        // primitive            C              C#              CUDA            GLSL            HLSL
        ["sqrt"] = new("sqrt", "Sqrt", "sqrt", "sqrt", "sqrt"),
        ["rsqrt"] = new(null, null, "rsqrt", "inversesqrt", "rsqrt"),
        ["pow"] = new("pow", "Pow", "pow", Ours, Ours),
        ["exp"] = new("exp", "Exp", "exp", "exp", "exp"),
        ["exp2"] = new("exp2", Ours, "exp2", "exp2", "exp2"),
        ["expm1"] = new("expm1", Ours, "expm1", Ours, Ours),
        ["log"] = new("log", "Log", "log", "log", "log"),
        ["log2"] = new("log2", "Log2", "log2", "log2", "log2"),
        ["log10"] = new("log10", "Log10", "log10", Ours, "log10"),
        ["log1p"] = new("log1p", Ours, "log1p", Ours, Ours),
        ["sin"] = new("sin", "Sin", "sin", "sin", "sin"),
        ["cos"] = new("cos", "Cos", "cos", "cos", "cos"),
        ["tan"] = new("tan", "Tan", "tan", "tan", "tan"),
        ["asin"] = new("asin", "Asin", "asin", "asin", "asin"),
        ["acos"] = new("acos", "Acos", "acos", "acos", "acos"),
        ["atan"] = new("atan", "Atan", "atan", "atan", "atan"),
        ["atan2"] = new("atan2", "Atan2", "atan2", "atan", "atan2"),
        ["sinh"] = new("sinh", "Sinh", "sinh", "sinh", "sinh"),
        ["cosh"] = new("cosh", "Cosh", "cosh", "cosh", "cosh"),
        ["tanh"] = new("tanh", "Tanh", "tanh", "tanh", "tanh"),
        ["asinh"] = new("asinh", "Asinh", "asinh", "asinh", Ours),
        ["acosh"] = new("acosh", "Acosh", "acosh", "acosh", Ours),
        ["atanh"] = new("atanh", "Atanh", "atanh", "atanh", Ours),
        ["sigmoid"] = new(Ours, Ours, Ours, Ours, Ours),
        ["softplus"] = new(Ours, Ours, Ours, Ours, Ours),
        ["erf"] = new("erf", Ours, "erf", Ours, Ours),
        ["erfc"] = new("erfc", Ours, "erfc", Ours, Ours),
        ["erfinv"] = new(Ours, Ours, "erfinv", Ours, Ours),
        ["erfcinv"] = new(Ours, Ours, "erfcinv", Ours, Ours),
        ["ndtri"] = new(Ours, Ours, "normcdfinv", Ours, Ours),
        ["lgamma"] = new("lgamma", Ours, "lgamma", Ours, Ours),
        ["gamma"] = new("tgamma", Ours, "tgamma", Ours, Ours),
        ["digamma"] = new(Ours, Ours, Ours, Ours, Ours),
        ["polygamma"] = new(Ours, Ours, Ours, Ours, Ours),
        ["zeta"] = new(Ours, Ours, Ours, Ours, Ours),
        ["i0"] = new(Ours, Ours, Ours, Ours, Ours),
        ["i1"] = new(Ours, Ours, Ours, Ours, Ours),
        ["i0e"] = new(Ours, Ours, Ours, Ours, Ours),
        ["i1e"] = new(Ours, Ours, Ours, Ours, Ours),
        ["abs"] = new("fabs", "Abs", "fabs", "abs", "abs"),
        ["sign"] = new(Ours, Ours, Ours, Ours, Ours),
        ["floor"] = new("floor", "Floor", "floor", "floor", "floor"),
        ["ceil"] = new("ceil", "Ceiling", "ceil", "ceil", "ceil"),
        ["round"] = new("rint", "Round", "rint", "roundEven", "round"),
        ["trunc"] = new("trunc", "Truncate", "trunc", "trunc", "trunc"),
        ["copysign"] = new("copysign", "CopySign", "copysign", Ours, Ours),
        ["max"] = new("fmax", "Max", "fmax", "max", "max"),
        ["min"] = new("fmin", "Min", "fmin", "min", "min"),
        ["fmod"] = new("fmod", Ours, "fmod", Ours, "fmod"),
        ["remainder"] = new(Ours, Ours, Ours, Ours, Ours),
        ["floordivide"] = new(Ours, Ours, Ours, Ours, Ours),
        ["cbrt"] = new("cbrt", "Cbrt", "cbrt", Ours, Ours),
        ["hypot"] = new("hypot", Ours, "hypot", Ours, Ours),
    };

    /// <summary>The spelling, whether it is ours, or null.</summary>
    public static (string Name, bool IsOurs)? Of(string primitive, EmitLanguage language)
    {
        if (!Rows.TryGetValue(primitive, out Row? row)) return null;
        string? name = language switch
        {
            EmitLanguage.C => row.C,
            EmitLanguage.CSharp => row.CSharp,
            EmitLanguage.Cuda => row.Cuda,
            EmitLanguage.Glsl => row.Glsl,
            _ => row.Hlsl,
        };
        return name is null ? null : name == Ours ? (primitive, true) : (name, false);
    }

    private sealed record Row(string? C, string? CSharp, string? Cuda, string? Glsl, string? Hlsl);
}
