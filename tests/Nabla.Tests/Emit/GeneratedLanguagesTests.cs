using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Nabla.Symbolics;
using Xunit.Abstractions;

namespace Nabla.Tests.Emit;

/// <summary>The other languages: C# is run, GLSL validated, CUDA and HLSL compared with the C word by word.</summary>
public sealed partial class GeneratedLanguagesTests(ITestOutputHelper print)
{
    private static readonly Lazy<Assembly> Methods = new(CompileCSharp);

    public static TheoryData<EmitCase> Cases() => [.. EmitCase.All];

    // ---- C# ---------------------------------------------------------------------------------------------------------------------

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generated_CSharp_agrees_with_autograd(EmitCase function)
    {
        double[][] points = function.Sample();
        double[][] expected = function.ByAutograd(points);
        double[] input = [.. points.SelectMany(row => row)], output = new double[points.Length * expected[0].Length];
        Methods.Value.GetType("Generated")!.GetMethod(function.Name + "_rows")!.Invoke(null, [input, output, points.Length]);
        print.WriteLine($"largest relative error {Agreement.Check(function, points, expected, [.. output.Chunk(expected[0].Length)], 1e-12):E1}");
    }

    [Fact]
    public void CSharp_of_floats_compiles_with_the_vectors_of_System_Numerics()
    {
        string source = string.Join("\n", EmitCase.All.SelectMany(c => (EmitRequest[])
        [
            c.Request with { Precision = EmitPrecision.Float },
            c.Request with { Precision = EmitPrecision.Float, Name = c.Name + "_saved", Saving = EmitSaving.Automatic, Accumulate = true, Fma = true },
        ]).Select(Symbolics.Emit.CSharp));
        Assert.Contains("Vector3 mean", source);
        Compile(source);
    }

    private static Assembly CompileCSharp()
    {
        var source = new StringBuilder();
        foreach (EmitCase function in EmitCase.All)
        {
            RowCall call = RowCall.Of(function.Request,
                (i, scalar, count) => scalar ? $"input[f + {i}]" : $"input.AsSpan(f + {i}, {count})",
                (i, scalar, count) => scalar ? $"out output[t + {i}]" : $"output.AsSpan(t + {i}, {count})");
            source.Append(Symbolics.Emit.CSharp(function.Request)).Append($$"""
                public static void {{function.Name}}_rows(double[] input, double[] output, int n)
                {
                    for (int i = 0, f = 0, t = 0; i < n; i++, f += {{call.Read}}, t += {{call.Written}}) {{(call.Returns ? "output[t] = " : "")}}{{function.Name}}({{call.Arguments}});
                }

                """);
        }

        return Compile(source.ToString());
    }

    private static Assembly Compile(string methods)
    {
        string source = "using System;\nusing System.Numerics;\npublic static class Generated\n{\n" + methods + "\n}\n";
        string[] references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create("generated", [CSharpSyntaxTree.ParseText(source)], references.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, warningLevel: 4));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success && !result.Diagnostics.Any(d => d.Severity >= DiagnosticSeverity.Warning), string.Join("\n", result.Diagnostics.Take(10)) + "\n" + source);
        return Assembly.Load(image.ToArray());
    }

    // ---- GLSL -------------------------------------------------------------------------------------------------------------------

    [Fact]
    public void Generated_GLSL_passes_the_reference_compiler()
    {
        if (Toolchain.Find("glslangValidator") is not { } validator)
        {
            print.WriteLine("Skipped: glslangValidator is not installed.");
            return;
        }

        var source = new StringBuilder("#version 450\nlayout(local_size_x = 1) in;\n");
        foreach (EmitCase function in EmitCase.All)
        {
            source.Append(Symbolics.Emit.Glsl(function.Request)).Append('\n');
            source.Append(Symbolics.Emit.Glsl(function.Request with { Name = function.Name + "_plain", Fma = false, Accumulate = true, Parts = EmitParts.Gradient })).Append('\n');
            source.Append(Symbolics.Emit.Glsl(function.Request with { Name = function.Name + "_saved", Saving = EmitSaving.Automatic })).Append('\n');
        }

        foreach (EmitCase function in EmitCase.All.Where(c => c.Name is "rosenbrock" or "himmelblau" or "sphere_distance" or "rational" or "huber" or "project"))
            source.Append(Symbolics.Emit.Glsl(function.Request with { Name = function.Name + "_double", Precision = EmitPrecision.Double })).Append('\n');
        source.Append("void main() {}\n");
        string folder = Toolchain.NewFolder();
        File.WriteAllText(Path.Combine(folder, "all.comp"), source.ToString());
        (int code, string output) = Toolchain.Run(validator, "-S comp --target-env opengl all.comp", folder);
        Directory.Delete(folder, recursive: true);
        Assert.True(code == 0 && !output.Contains("WARNING"), output + "\n" + string.Join("\n", source.ToString().Split('\n').Select((line, i) => $"{i + 1}: {line}")));
    }

    [Fact]
    public void GLSL_says_that_it_has_no_exp_of_doubles()
    {
        string message = Assert.Throws<NotSupportedException>(() => Symbolics.Emit.Glsl(EmitCase.All[0].Request with { Precision = EmitPrecision.Double })).Message;
        Assert.Contains("'exp' of doubles", message);
    }

    // ---- CUDA and HLSL differ from C in spelling only ---------------------------------------------------------------------------

    [Theory]
    [MemberData(nameof(Cases))]
    public void CUDA_and_HLSL_are_the_C_in_other_words(EmitCase function)
    {
        EmitRequest request = function.Request with { Precision = EmitPrecision.Float, Fma = true, GnuSincos = true, WithoutRsqrt = true };
        string c = Normalise(Symbolics.Emit.C(request), EmitLanguage.C, request);
        Assert.Equal(c, Normalise(Symbolics.Emit.Cuda(request), EmitLanguage.Cuda, request));
        Assert.Equal(c, Normalise(Symbolics.Emit.Hlsl(request), EmitLanguage.Hlsl, request));
        Assert.True(c.Length > 20);
    }

    /// <summary>The body of the generated function with functions, literals, elements and temporaries in one spelling.</summary>
    private static string Normalise(string source, EmitLanguage language, EmitRequest request)
    {
        string body = source[source.LastIndexOf("\n{\n", StringComparison.Ordinal)..];
        body = Regex.Replace(body, @"\s+", " ");
        body = Regex.Replace(body, @"\(void\)\w+; ", "");
        // Elements: .x and [0]; an entry of a matrix by row and column, or by its place.
        body = Regex.Replace(body, @"\.([xyzw])\b", match => $"[{"xyzw".IndexOf(match.Groups[1].Value[0])}]");
        foreach (EmitParameter parameter in request.Parameters.Where(parameter => parameter.Packing == EmitPacking.Matrix))
            body = Regex.Replace(body, $@"\b{parameter.Name}\[(\d)\]\[(\d)\]", match => $"{parameter.Name}[{(3 * int.Parse(match.Groups[1].Value)) + int.Parse(match.Groups[2].Value)}]");
        // Results through pointers, and addresses.
        body = Regex.Replace(body, @"(?<=[;{}] )\*(?=\w+ =)", "");
        body = body.Replace("&", "").Replace("const float", "float");
        body = Regex.Replace(body, @"(?<=[\d.])f\b", "");
        // Functions by the names of the primitives.
        foreach (Primitive primitive in Primitives.All)
        {
            body = Regex.Replace(body, $@"\bnabla_{primitive.Name}f?(?=\()", "@" + primitive.Name);
            if (Spellings.Of(primitive.Name, language) is { IsOurs: false } spelling)
                body = Regex.Replace(body, $@"(?<![@\w]){spelling.Name}{(language == EmitLanguage.Hlsl ? "" : "f")}(?=\()", "@" + primitive.Name);
        }

        body = Regex.Replace(body, @"\b(fmaf|mad)(?=\()", "@fma");
        body = Regex.Replace(body, @"\b(sincosf|sincos)(?=\()", "@sincos");
        // A power with a fraction as its exponent needs no help for negative bases: both spellings mean pow.
        body = Regex.Replace(body, @"(?<![@\w])powf?(?=\()", "@pow");
        var names = new Dictionary<string, string>();
        foreach (Match declaration in Regex.Matches(body, @"\b(?:float|bool) (\w+)(?:, (\w+))?"))
        {
            for (int i = 1; i <= 2; i++)
                if (declaration.Groups[i].Success) names.TryAdd(declaration.Groups[i].Value, $"v{names.Count}");
        }

        return Regex.Replace(body, @"(?<!@)\b[A-Za-z_]\w*\b", match => names.GetValueOrDefault(match.Value, match.Value)).Replace("@", "");
    }
}
