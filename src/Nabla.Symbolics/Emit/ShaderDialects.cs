namespace Nabla.Symbolics;

/// <summary>GLSL 4.50.</summary>
internal sealed class GlslDialect(EmitPrecision precision) : Dialect(EmitLanguage.Glsl, precision)
{
    public override string Title => "GLSL";

    public override bool FmaByDefault => true;

    public override string Fma => "fma";

    protected override string LiteralSuffix => IsDouble ? "lf" : "";

    protected override string NonFinite(double value) => (IsDouble, value) switch
    {
        (true, double.NaN) => "packDouble2x32(uvec2(0u, 0x7ff80000u))",
        (false, double.NaN) => "uintBitsToFloat(0x7fc00000u)",
        (true, > 0) => "packDouble2x32(uvec2(0u, 0x7ff00000u))",
        (false, > 0) => "uintBitsToFloat(0x7f800000u)",
        (true, _) => "packDouble2x32(uvec2(0u, 0xfff00000u))",
        _ => "uintBitsToFloat(0xff800000u)",
    };

    /// <summary>The functions that take doubles; exp, sin, pow and their like do not.</summary>
    private static readonly HashSet<string> OfDoubles = ["sqrt", "inversesqrt", "abs", "floor", "ceil", "roundEven", "trunc", "max", "min"];

    public override string Function(string name) => !IsDouble || OfDoubles.Contains(name)
        ? name
        : throw new NotSupportedException($"Emit: GLSL has no function '{name}' of doubles. Set Precision to Float, or compute it outside and pass it in.");

    public override string Parameter(EmitArgument argument)
    {
        string reference = argument.Use switch { ArgumentUse.Read => "", ArgumentUse.Write => "out ", _ => "inout " };
        string prefix = IsDouble ? "d" : "";
        EmitShape shape = argument.Shape;
        if (shape.IsVector) return $"{reference}{prefix}vec{shape.Count} {argument.Name}";
        if (shape.IsMatrix) return $"{reference}{prefix}mat{(shape.Rows == shape.Columns ? $"{shape.Rows}" : $"{shape.Columns}x{shape.Rows}")} {argument.Name}";
        return shape.Packing == EmitPacking.Scalar ? $"{reference}{Real} {argument.Name}" : $"{reference}{Real} {argument.Name}[{shape.Count}]";
    }

    // A matrix of GLSL is indexed by column first.
    public override string Element(EmitArgument argument, int index) => argument.Shape.Packing == EmitPacking.Scalar ? argument.Name
        : argument.Shape.IsVector ? $"{argument.Name}.{Letter(index)}"
        : argument.Shape.IsMatrix ? $"{argument.Name}[{index % argument.Shape.Columns}][{index / argument.Shape.Columns}]"
        : $"{argument.Name}[{index}]";

    public override string Reserved => """
        attribute const uniform varying buffer shared coherent volatile restrict readonly writeonly atomic_uint layout centroid flat smooth
        noperspective patch sample break continue do for while switch case default if else subroutine in out inout float double int void
        bool true false invariant precise discard return mat2 mat3 mat4 dmat2 dmat3 dmat4 vec2 vec3 vec4 ivec2 ivec3 ivec4 bvec2 bvec3
        bvec4 uint uvec2 uvec3 uvec4 dvec2 dvec3 dvec4 lowp mediump highp precision struct common partition active asm class union enum
        typedef template this resource goto inline noinline public static extern external interface long short half fixed unsigned superp
        input output hvec2 hvec3 hvec4 fvec2 fvec3 fvec4 filter sizeof cast namespace using main sampler2D texture image2D buffer
        radians degrees sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh pow exp log exp2 log2 sqrt inversesqrt abs sign floor
        trunc round roundEven ceil fract mod modf min max clamp mix step smoothstep isnan isinf fma frexp ldexp length distance dot cross
        normalize reflect refract transpose determinant inverse less lessThan equal any all not
        """;
}

/// <summary>HLSL, shader model 5.</summary>
internal sealed class HlslDialect(EmitPrecision precision) : Dialect(EmitLanguage.Hlsl, precision)
{
    public override string Title => "HLSL";

    public override string Constant => "const ";

    public override bool FmaByDefault => true;

    public override bool HasSincos(EmitRequest request) => !IsDouble;

    public override bool HasRsqrt => !IsDouble;

    public override string Fma => IsDouble ? "fma" : "mad";

    protected override string LiteralSuffix => IsDouble ? "L" : "f";

    public override string IsNaN(string x) => IsDouble ? $"({x} != {x})" : $"isnan({x})";

    protected override string NonFinite(double value) => (IsDouble, value) switch
    {
        (true, double.NaN) => "asdouble(0u, 0x7ff80000u)",
        (false, double.NaN) => "asfloat(0x7fc00000u)",
        (true, > 0) => "asdouble(0u, 0x7ff00000u)",
        (false, > 0) => "asfloat(0x7f800000u)",
        (true, _) => "asdouble(0u, 0xfff00000u)",
        _ => "asfloat(0xff800000u)",
    };

    public override string Function(string name) => !IsDouble || name is "min" or "max"
        ? name
        : throw new NotSupportedException($"Emit: HLSL has no function '{name}' of doubles. Set Precision to Float, or compute it outside and pass it in.");

    public override string Parameter(EmitArgument argument)
    {
        string reference = argument.Use switch { ArgumentUse.Read => "", ArgumentUse.Write => "out ", _ => "inout " };
        EmitShape shape = argument.Shape;
        if (shape.IsVector) return $"{reference}{Real}{shape.Count} {argument.Name}";
        if (shape.IsMatrix) return $"{reference}{Real}{shape.Rows}x{shape.Columns} {argument.Name}";
        return shape.Packing == EmitPacking.Scalar ? $"{reference}{Real} {argument.Name}" : $"{reference}{Real} {argument.Name}[{shape.Count}]";
    }

    public override string Element(EmitArgument argument, int index) => argument.Shape.Packing == EmitPacking.Scalar ? argument.Name
        : argument.Shape.IsVector ? $"{argument.Name}.{Letter(index)}"
        : argument.Shape.IsMatrix ? $"{argument.Name}[{index / argument.Shape.Columns}][{index % argument.Shape.Columns}]"
        : $"{argument.Name}[{index}]";

    public override IReadOnlyList<string> SinCos(string angle, string sine, string cosine) =>
        [$"{Real} {sine}, {cosine};", $"sincos({angle}, {sine}, {cosine});"];

    public override string Reserved => """
        AppendStructuredBuffer asm asm_fragment BlendState bool break Buffer ByteAddressBuffer case cbuffer centroid class column_major
        compile CompileShader const continue ComputeShader ConsumeStructuredBuffer default discard do double DomainShader dword else
        export extern false float for fxgroup GeometryShader groupshared half HullShader if in inline inout int interface line lineadj
        linear matrix min16float namespace nointerpolation noperspective NULL out OutputPatch packoffset pass pixelfragment point
        precise register return row_major sample sampler shared snorm stateblock static string struct switch tbuffer technique texture
        true triangle typedef uint uniform unorm unsigned vector vertexfragment void volatile while auto catch char const_cast delete
        dynamic_cast enum explicit friend goto long mutable new operator private protected public reinterpret_cast short signed sizeof
        static_cast template this throw try typename union using virtual main
        abs acos all any asdouble asfloat asin asint atan atan2 ceil clamp cos cosh cross degrees determinant distance dot dst exp exp2
        floor fma fmod frac frexp isfinite isinf isnan ldexp length lerp lit log log10 log2 mad max min modf mul noise normalize pow
        radians rcp reflect refract round rsqrt saturate sign sin sincos sinh smoothstep sqrt step tan tanh transpose trunc
        float1 float2 float3 float4 float2x2 float3x3 float4x4 double2 double3 double4
        """;
}
