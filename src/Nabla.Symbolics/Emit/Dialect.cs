namespace Nabla.Symbolics;

/// <summary>What an argument of a generated function is for.</summary>
internal enum ArgumentUse
{
    Read, Write, Add,
}

/// <summary>An argument of a generated function.</summary>
internal sealed record EmitArgument(string Name, EmitShape Shape, ArgumentUse Use);

/// <summary>The grammar of a language, as far as generated code needs it; what functions are called stands in <see cref="Spellings"/>.</summary>
internal abstract class Dialect(EmitLanguage language, EmitPrecision precision)
{
    public EmitLanguage Language { get; } = language;

    public EmitPrecision Precision { get; } = precision;

    public bool IsDouble => Precision == EmitPrecision.Double;

    /// <summary>The name of the language in messages.</summary>
    public abstract string Title { get; }

    public string Real => IsDouble ? "double" : "float";

    public virtual string Bool => "bool";

    /// <summary>What stands before the type of a value that does not change.</summary>
    public virtual string Constant => "";

    /// <summary>Lines in front of everything, such as includes.</summary>
    public virtual IReadOnlyList<string> Opening => [];

    public virtual bool HasRsqrt => Spellings.Of("rsqrt", Language) is not null;

    public virtual bool FmaByDefault => false;

    public virtual bool HasSincos(EmitRequest request) => false;

    /// <summary>Names that generated code must not use.</summary>
    public abstract string Reserved { get; }

    /// <summary>Those names, one by one.</summary>
    public IEnumerable<string> ReservedNames => Reserved.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What a generated function of that name is called.</summary>
    public string FunctionName(string wanted) => new Identifiers(ReservedNames).Take(wanted);

    /// <summary>The name of a function of the language, for this precision.</summary>
    public virtual string Function(string name) => name;

    public abstract string Fma { get; }

    public virtual string IsNaN(string x) => $"isnan({x})";

    /// <summary>A number as a literal that reads back as the same number; negative ones begin with a minus.</summary>
    public string Literal(double value)
    {
        if (!double.IsFinite(value)) return NonFinite(value);
        string text;
        if (IsDouble)
        {
            text = value.ToString("R");
        }
        else
        {
            float rounded = (float)value;
            if (!float.IsFinite(rounded) || (rounded == 0 && value != 0))
                throw new ArgumentException($"Emit: the number {value:R} is beyond the range of float. Scale the formula, or set Precision to Double.");
            text = rounded.ToString("R");
        }

        if (!text.Contains('.') && !text.Contains('E')) text += ".0";
        return text.Replace("E", "e") + LiteralSuffix;
    }

    protected virtual string LiteralSuffix => IsDouble ? "" : "f";

    protected abstract string NonFinite(double value);

    /// <summary>A parameter as it stands in the signature.</summary>
    public abstract string Parameter(EmitArgument argument);

    /// <summary>A value of a parameter, to read or to write.</summary>
    public abstract string Element(EmitArgument argument, int index);

    public virtual string Signature(string name, string? returns, IReadOnlyList<string> parameters)
    {
        string head = $"{FunctionPrefix}{returns ?? "void"} {name}(";
        string line = head + string.Join(", ", parameters) + ")";
        if (line.Length <= 110) return line;
        var text = new System.Text.StringBuilder(head);
        int width = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            if (i == 0 || width + parameters[i].Length > 100)
            {
                text.Append("\n    ");
                width = 4;
            }

            text.Append(parameters[i]).Append(i + 1 < parameters.Count ? ", " : ")");
            width += parameters[i].Length + 2;
        }

        return text.ToString().Replace(" \n", "\n");
    }

    protected virtual string FunctionPrefix => "";

    /// <summary>The statement that names sine and cosine of an angle.</summary>
    public virtual IReadOnlyList<string> SinCos(string angle, string sine, string cosine) =>
        throw new NotSupportedException($"Emit: {Title} has no sincos.");

    /// <summary>A function of the prelude: its header comes from the neutral text, its place from the language.</summary>
    public virtual string Helper(string name, string text) =>
        $"#ifndef NABLA_{name.ToUpperInvariant()}_{(IsDouble ? "D" : "F")}\n#define NABLA_{name.ToUpperInvariant()}_{(IsDouble ? "D" : "F")}\n{HelperPrefix}{text}\n#endif\n";

    protected virtual string HelperPrefix => "";

    /// <summary>The name of a function of the prelude; the precision is part of it where names cannot be overloaded.</summary>
    public virtual string HelperName(string name) => "nabla_" + name;

    protected static char Letter(int index) => "xyzw"[index];

    /// <summary>The dialect of a language.</summary>
    public static Dialect Of(EmitLanguage language, EmitPrecision? precision) => language switch
    {
        EmitLanguage.C => new CDialect(precision ?? EmitPrecision.Double),
        EmitLanguage.CSharp => new CSharpDialect(precision ?? EmitPrecision.Double),
        EmitLanguage.Cuda => new CudaDialect(precision ?? EmitPrecision.Float),
        EmitLanguage.Glsl => new GlslDialect(precision ?? EmitPrecision.Float),
        EmitLanguage.Hlsl => new HlslDialect(precision ?? EmitPrecision.Float),
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Emit: unknown language."),
    };
}

/// <summary>C99.</summary>
internal sealed class CDialect(EmitPrecision precision) : Dialect(EmitLanguage.C, precision)
{
    public override string Title => "C";

    public override string Constant => "const ";

    public override IReadOnlyList<string> Opening => ["#include <math.h>", "#include <stdbool.h>"];

    public override bool HasSincos(EmitRequest request) => request.GnuSincos;

    public override string Function(string name) => IsDouble ? name : name + "f";

    public override string Fma => Function("fma");

    protected override string HelperPrefix => "static inline ";

    public override string HelperName(string name) => IsDouble ? "nabla_" + name : "nabla_" + name + "f";

    protected override string NonFinite(double value) => double.IsNaN(value) ? "NAN" : value > 0 ? "INFINITY" : "-INFINITY";

    public override string Parameter(EmitArgument argument) => argument switch
    {
        { Shape.Packing: EmitPacking.Scalar, Use: ArgumentUse.Read } => $"{Real} {argument.Name}",
        { Shape.Packing: EmitPacking.Scalar } => $"{Real} *restrict {argument.Name}",
        { Use: ArgumentUse.Read } => $"const {Real} {argument.Name}[restrict {argument.Shape.Count}]",
        _ => $"{Real} {argument.Name}[restrict {argument.Shape.Count}]",
    };

    public override string Element(EmitArgument argument, int index) => argument.Shape.Packing != EmitPacking.Scalar
        ? $"{argument.Name}[{index}]"
        : argument.Use == ArgumentUse.Read ? argument.Name : "*" + argument.Name;

    public override IReadOnlyList<string> SinCos(string angle, string sine, string cosine) =>
        [$"{Real} {sine}, {cosine};", $"{Function("sincos")}({angle}, &{sine}, &{cosine});"];

    public override string Reserved => """
        auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return
        short signed sizeof static struct switch typedef union unsigned void volatile while bool true false main NAN INFINITY
        acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma fmax fmin fmod
        frexp hypot ilogb ldexp lgamma log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter pow remainder rint round
        scalbn sin sinh sqrt tan tanh tgamma trunc sincos gamma signgam j0 j1 jn y0 y1 yn isnan isinf isfinite signbit fpclassify asm typeof
        abs div exit free abort signal time index
        """;
}

/// <summary>C#: a static method; vectors of floats are those of System.Numerics, all else is spans.</summary>
internal sealed class CSharpDialect(EmitPrecision precision) : Dialect(EmitLanguage.CSharp, precision)
{
    public override string Title => "C#";

    protected override string FunctionPrefix => "public static ";

    public override string Function(string name) => (IsDouble ? "Math." : "MathF.") + name;

    public override string Fma => Function("FusedMultiplyAdd");

    public override string IsNaN(string x) => $"{Real}.IsNaN({x})";

    public override bool HasSincos(EmitRequest request) => true;

    // A static local function: methods pasted beside each other do not clash.
    protected override string HelperPrefix => "static ";

    public override string Helper(string name, string text) => HelperPrefix + text;

    protected override string NonFinite(double value) =>
        $"{Real}.{(double.IsNaN(value) ? "NaN" : value > 0 ? "PositiveInfinity" : "NegativeInfinity")}";

    private bool IsStruct(EmitShape shape) => !IsDouble && shape.IsVector;

    public override string Parameter(EmitArgument argument)
    {
        string reference = argument.Use switch { ArgumentUse.Read => "", ArgumentUse.Write => "out ", _ => "ref " };
        if (argument.Shape.Packing == EmitPacking.Scalar) return $"{reference}{Real} {argument.Name}";
        if (IsStruct(argument.Shape)) return $"{reference}Vector{argument.Shape.Count} {argument.Name}";
        return argument.Use == ArgumentUse.Read ? $"ReadOnlySpan<{Real}> {argument.Name}" : $"Span<{Real}> {argument.Name}";
    }

    public override string Element(EmitArgument argument, int index) => argument.Shape.Packing == EmitPacking.Scalar ? argument.Name
        : IsStruct(argument.Shape) ? $"{argument.Name}.{char.ToUpperInvariant(Letter(index))}"
        : $"{argument.Name}[{index}]";

    public override IReadOnlyList<string> SinCos(string angle, string sine, string cosine) => [$"({Real} {sine}, {Real} {cosine}) = {Function("SinCos")}({angle});"];

    public override string Reserved => """
        abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event
        explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null
        object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static
        string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while
        Math MathF Span ReadOnlySpan Vector2 Vector3 Vector4 var dynamic await async nameof field value_
        """;
}

/// <summary>CUDA C++: a device function; results are references.</summary>
internal sealed class CudaDialect(EmitPrecision precision) : Dialect(EmitLanguage.Cuda, precision)
{
    public override string Title => "CUDA";

    public override string Constant => "const ";

    public override bool FmaByDefault => true;

    public override bool HasSincos(EmitRequest request) => true;

    protected override string FunctionPrefix => "__device__ __forceinline__ ";

    protected override string HelperPrefix => FunctionPrefix;

    public override string HelperName(string name) => IsDouble ? "nabla_" + name : "nabla_" + name + "f";

    public override string Function(string name) => IsDouble ? name : name + "f";

    public override string Fma => Function("fma");

    protected override string NonFinite(double value) =>
        (IsDouble, value) switch
        {
            (true, double.NaN) => "__longlong_as_double(0x7ff8000000000000LL)",
            (false, double.NaN) => "__int_as_float(0x7fc00000)",
            (true, > 0) => "__longlong_as_double(0x7ff0000000000000LL)",
            (false, > 0) => "__int_as_float(0x7f800000)",
            (true, _) => "-__longlong_as_double(0x7ff0000000000000LL)",
            _ => "-__int_as_float(0x7f800000)",
        };

    public override string Parameter(EmitArgument argument)
    {
        string type = argument.Shape.IsVector ? $"{Real}{argument.Shape.Count}" : Real;
        if (argument.Shape.Packing == EmitPacking.Scalar || argument.Shape.IsVector)
            return argument.Use == ArgumentUse.Read ? $"const {type} {argument.Name}" : $"{type}& {argument.Name}";
        return argument.Use == ArgumentUse.Read ? $"const {type}* __restrict__ {argument.Name}" : $"{type}* __restrict__ {argument.Name}";
    }

    public override string Element(EmitArgument argument, int index) => argument.Shape.Packing == EmitPacking.Scalar ? argument.Name
        : argument.Shape.IsVector ? $"{argument.Name}.{Letter(index)}"
        : $"{argument.Name}[{index}]";

    public override IReadOnlyList<string> SinCos(string angle, string sine, string cosine) =>
        [$"{Real} {sine}, {cosine};", $"{Function("sincos")}({angle}, &{sine}, &{cosine});"];

    public override string Reserved => new CDialect(Precision).Reserved + """

        alignas alignof and and_eq asm bitand bitor catch char16_t char32_t class compl concept constexpr const_cast decltype delete
        dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected
        public reinterpret_cast requires static_assert static_cast template this thread_local throw true try typeid typename using
        virtual wchar_t xor xor_eq threadIdx blockIdx blockDim gridDim warpSize rsqrt float2 float3 float4 double2 double3 double4
        """;
}
