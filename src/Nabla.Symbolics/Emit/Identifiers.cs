using System.Text;

namespace Nabla.Symbolics;

/// <summary>Hands out names that a language accepts, each once.</summary>
internal sealed class Identifiers(IEnumerable<string> reserved)
{
    private const string Greek = "αalpha βbeta γgamma δdelta εepsilon ζzeta ηeta θtheta ιiota κkappa λlambda μmu νnu ξxi οomicron πpi ρrho ςsigma σsigma τtau υupsilon φphi χchi ψpsi ωomega "
        + "ΑAlpha ΒBeta ΓGamma ΔDelta ΕEpsilon ΖZeta ΗEta ΘTheta ΙIota ΚKappa ΛLambda ΜMu ΝNu ΞXi ΟOmicron ΠPi ΡRho ΣSigma ΤTau ΥUpsilon ΦPhi ΧChi ΨPsi ΩOmega "
        + "ϵepsilon ϕphi ϑtheta µmu ∂d ∇nabla ₀0 ₁1 ₂2 ₃3 ₄4 ₅5 ₆6 ₇7 ₈8 ₉9 ⁰0 ¹1 ²2 ³3 '_p ′_p";

    private static readonly Dictionary<char, string> Spelled = Greek.Split(' ').ToDictionary(entry => entry[0], entry => entry[1..]);

    private readonly HashSet<string> taken = [.. reserved];

    /// <summary>A free name close to the wanted one.</summary>
    public string Take(string wanted)
    {
        string clean = Clean(wanted);
        string name = clean;
        for (int i = 1; !taken.Add(name); i++) name = i == 1 ? clean + "_" : $"{clean.TrimEnd('_')}_{i}";
        return name;
    }

    /// <summary>ASCII letters, digits and single underscores, a letter first: what all the languages allow.</summary>
    public static string Clean(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (Spelled.TryGetValue(c, out string? spelled)) text.Append(spelled);
            else if (char.IsAsciiLetterOrDigit(c)) text.Append(c);
            else if (text.Length > 0 && text[^1] != '_') text.Append('_');
        }

        while (text.Length > 0 && text[^1] == '_') text.Length--;
        if (text.Length == 0) return "v";
        string result = text.ToString().Replace("__", "_");
        return char.IsAsciiDigit(result[0]) ? "v" + result : result;
    }
}
