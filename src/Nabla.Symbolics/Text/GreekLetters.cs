namespace Nabla.Symbolics;

/// <summary>The names of the Greek letters, in Unicode and in LaTeX.</summary>
internal static class GreekLetters
{
    private static readonly Dictionary<string, string> Unicode = new()
    {
        ["alpha"] = "α", ["beta"] = "β", ["gamma"] = "γ", ["delta"] = "δ", ["epsilon"] = "ϵ", ["varepsilon"] = "ε", ["zeta"] = "ζ", ["eta"] = "η",
        ["theta"] = "θ", ["vartheta"] = "ϑ", ["iota"] = "ι", ["kappa"] = "κ", ["lambda"] = "λ", ["mu"] = "μ", ["nu"] = "ν", ["xi"] = "ξ",
        ["omicron"] = "ο", ["pi"] = "π", ["varpi"] = "ϖ", ["rho"] = "ρ", ["varrho"] = "ϱ", ["sigma"] = "σ", ["varsigma"] = "ς", ["tau"] = "τ",
        ["upsilon"] = "υ", ["phi"] = "ϕ", ["varphi"] = "φ", ["chi"] = "χ", ["psi"] = "ψ", ["omega"] = "ω", ["Gamma"] = "Γ", ["Delta"] = "Δ",
        ["Theta"] = "Θ", ["Lambda"] = "Λ", ["Xi"] = "Ξ", ["Pi"] = "Π", ["Sigma"] = "Σ", ["Upsilon"] = "Υ", ["Phi"] = "Φ", ["Psi"] = "Ψ",
        ["Omega"] = "Ω", ["ell"] = "ℓ", ["hbar"] = "ℏ", ["nabla"] = "∇", ["partial"] = "∂",
    };

    private static readonly Dictionary<string, string> Names = Unicode.ToDictionary(static pair => pair.Value, static pair => pair.Key);

    /// <summary>The names of all letters.</summary>
    public static IEnumerable<string> AllNames => Unicode.Keys;

    /// <summary>The letter of a name; any other text as it is.</summary>
    public static string ToUnicode(string name) => Unicode.GetValueOrDefault(name, name);

    /// <summary>The name of a letter, which is its LaTeX command too; null for any other text.</summary>
    public static string? NameOf(string letter) => Names.GetValueOrDefault(letter);

    /// <summary>Whether it is the name of a letter.</summary>
    public static bool IsName(string name) => Unicode.ContainsKey(name);
}
