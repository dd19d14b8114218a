namespace Nabla.Symbolics;

/// <summary>The vector kernel of each primitive, by the primitive's name.</summary>
internal static class VectorKernels
{
    private static readonly Dictionary<string, VectorKernel> ByName = new()
    {
        ["add"] = new() { F2 = VectorArithmetic.Add, D2 = VectorArithmetic.Add, I2 = VectorArithmetic.Add },
        ["sub"] = new() { F2 = VectorArithmetic.Sub, D2 = VectorArithmetic.Sub, I2 = VectorArithmetic.Sub },
        ["mul"] = new() { F2 = VectorArithmetic.Mul, D2 = VectorArithmetic.Mul, I2 = VectorArithmetic.Mul },
        ["div"] = new() { F2 = VectorArithmetic.Div, D2 = VectorArithmetic.Div },
        ["neg"] = new() { F1 = VectorArithmetic.Neg, D1 = VectorArithmetic.Neg, I1 = VectorArithmetic.Neg },
        ["square"] = new() { F1 = VectorArithmetic.Square, D1 = VectorArithmetic.Square, I1 = VectorArithmetic.Square },
        ["reciprocal"] = new() { F1 = VectorArithmetic.Reciprocal, D1 = VectorArithmetic.Reciprocal },
        ["sqrt"] = new() { F1 = VectorArithmetic.Sqrt, D1 = VectorArithmetic.Sqrt },
        ["rsqrt"] = new() { F1 = VectorArithmetic.Rsqrt, D1 = VectorArithmetic.Rsqrt },
        ["abs"] = new() { F1 = VectorArithmetic.Abs, D1 = VectorArithmetic.Abs, I1 = VectorArithmetic.Abs },
        ["sign"] = new() { F1 = VectorArithmetic.Sign, D1 = VectorArithmetic.Sign, I1 = VectorArithmetic.Sign },
        ["max"] = new() { F2 = VectorArithmetic.Max, D2 = VectorArithmetic.Max, I2 = VectorArithmetic.Max },
        ["min"] = new() { F2 = VectorArithmetic.Min, D2 = VectorArithmetic.Min, I2 = VectorArithmetic.Min },
        ["copysign"] = new() { F2 = VectorArithmetic.Copysign, D2 = VectorArithmetic.Copysign },
        ["floor"] = new() { F1 = VectorRounding.Floor, D1 = VectorRounding.Floor, I1 = VectorRounding.Same },
        ["ceil"] = new() { F1 = VectorRounding.Ceil, D1 = VectorRounding.Ceil, I1 = VectorRounding.Same },
        ["round"] = new() { F1 = VectorRounding.Round, D1 = VectorRounding.Round, I1 = VectorRounding.Same },
        ["trunc"] = new() { F1 = VectorRounding.Trunc, D1 = VectorRounding.Trunc, I1 = VectorRounding.Same },
        ["fmod"] = new() { F2 = VectorRounding.Fmod, D2 = VectorRounding.Fmod, I2 = VectorRounding.Fmod },
        ["remainder"] = new() { F2 = VectorRounding.Remainder, D2 = VectorRounding.Remainder, I2 = VectorRounding.Remainder },
        ["exp"] = new() { F1 = VectorExp.Exp, D1 = VectorExp.Exp },
        ["exp2"] = new() { F1 = VectorExp.Exp2, D1 = VectorExp.Exp2 },
        ["expm1"] = new() { F1 = VectorExp.Expm1, D1 = VectorExp.Expm1 },
        ["log"] = new() { F1 = VectorLog.Log, D1 = VectorLog.Log },
        ["log2"] = new() { F1 = VectorLog.Log2, D1 = VectorLog.Log2 },
        ["log10"] = new() { F1 = VectorLog.Log10, D1 = VectorLog.Log10 },
        ["log1p"] = new() { F1 = VectorLog.Log1p, D1 = VectorLog.Log1p },
        ["pow"] = new() { F2 = VectorPow.Pow, D2 = VectorPow.Pow, I2 = VectorRounding.Pow },
        ["sigmoid"] = new() { F1 = VectorExp.Sigmoid, D1 = VectorExp.Sigmoid },
        ["softplus"] = new() { F1 = VectorLog.Softplus, D1 = VectorLog.Softplus },
        ["sin"] = new() { F1 = VectorTrig.Sin, D1 = VectorTrig.Sin },
        ["cos"] = new() { F1 = VectorTrig.Cos, D1 = VectorTrig.Cos },
        ["tan"] = new() { F1 = VectorTrig.Tan, D1 = VectorTrig.Tan },
        ["asin"] = new() { F1 = VectorInverseTrig.Asin, D1 = VectorInverseTrig.Asin },
        ["acos"] = new() { F1 = VectorInverseTrig.Acos, D1 = VectorInverseTrig.Acos },
        ["atan"] = new() { F1 = VectorInverseTrig.Atan, D1 = VectorInverseTrig.Atan },
        ["atan2"] = new() { F2 = VectorInverseTrig.Atan2, D2 = VectorInverseTrig.Atan2 },
        ["sinh"] = new() { F1 = VectorHyperbolic.Sinh, D1 = VectorHyperbolic.Sinh },
        ["cosh"] = new() { F1 = VectorHyperbolic.Cosh, D1 = VectorHyperbolic.Cosh },
        ["tanh"] = new() { F1 = VectorHyperbolic.Tanh, D1 = VectorHyperbolic.Tanh },
        ["asinh"] = new() { F1 = VectorHyperbolic.Asinh, D1 = VectorHyperbolic.Asinh },
        ["acosh"] = new() { F1 = VectorHyperbolic.Acosh, D1 = VectorHyperbolic.Acosh },
        ["atanh"] = new() { F1 = VectorHyperbolic.Atanh, D1 = VectorHyperbolic.Atanh },
        ["erf"] = new() { F1 = VectorErf.Erf, D1 = VectorErf.Erf },
        ["erfc"] = new() { F1 = VectorErf.Erfc, D1 = VectorErf.Erfc },
        ["erfinv"] = VectorSpecial.Loop(ScalarMath.ErfInv),
        ["lgamma"] = VectorSpecial.Loop(ScalarMath.LGamma),
        ["digamma"] = VectorSpecial.Loop(ScalarMath.Digamma),
        ["polygamma"] = VectorSpecial.Loop(ScalarMath.Polygamma),
        ["zeta"] = VectorSpecial.Loop(ScalarMath.Zeta),
        ["i0"] = VectorSpecial.Loop(ScalarMath.I0),
        ["i1"] = VectorSpecial.Loop(ScalarMath.I1),
        ["i0e"] = VectorSpecial.Loop(ScalarMath.I0e),
        ["i1e"] = VectorSpecial.Loop(ScalarMath.I1e),
        ["isnan"] = new() { F1 = VectorComparison.IsNan, D1 = VectorComparison.IsNan, I1 = VectorComparison.IsNan },
        ["not"] = new() { F1 = VectorComparison.Not, D1 = VectorComparison.Not, I1 = VectorComparison.Not },
        ["less"] = new() { F2 = VectorComparison.Less, D2 = VectorComparison.Less, I2 = VectorComparison.Less },
        ["lessequal"] = new() { F2 = VectorComparison.LessEqual, D2 = VectorComparison.LessEqual, I2 = VectorComparison.LessEqual },
        ["equal"] = new() { F2 = VectorComparison.Equal, D2 = VectorComparison.Equal, I2 = VectorComparison.Equal },
        ["notequal"] = new() { F2 = VectorComparison.NotEqual, D2 = VectorComparison.NotEqual, I2 = VectorComparison.NotEqual },
        ["and"] = new() { F2 = VectorComparison.And, D2 = VectorComparison.And, I2 = VectorComparison.And },
        ["or"] = new() { F2 = VectorComparison.Or, D2 = VectorComparison.Or, I2 = VectorComparison.Or },
        ["xor"] = new() { F2 = VectorComparison.Xor, D2 = VectorComparison.Xor, I2 = VectorComparison.Xor },
        ["select"] = new() { F3 = VectorComparison.Select, D3 = VectorComparison.Select, I3 = VectorComparison.Select },
    };

    /// <summary>The names that have a kernel.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The kernel of the primitive of that name, or null if there is none.</summary>
    public static VectorKernel? For(string primitiveName) => ByName.GetValueOrDefault(primitiveName);
}
