using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Nabla.Symbolics;
using Xunit.Abstractions;

namespace Nabla.Tests.Emit;

/// <summary>The programs that test generated code by themselves.</summary>
public sealed class SelfTestTests(ITestOutputHelper print)
{
    private static readonly string[] Names = ["gauss", "project", "conic_weight", "guarded_log"];

    public static TheoryData<EmitCase, EmitPrecision> Cases()
    {
        var data = new TheoryData<EmitCase, EmitPrecision>();
        foreach (EmitCase function in EmitCase.All.Where(c => Names.Contains(c.Name)))
            foreach (EmitPrecision precision in Enum.GetValues<EmitPrecision>()) data.Add(function, precision);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_C_test_program_passes_and_notices_a_wrong_derivative(EmitCase function, EmitPrecision precision)
    {
        if (Toolchain.Find("gcc") is null)
        {
            print.WriteLine("Skipped: gcc is not installed.");
            return;
        }

        string source = Symbolics.Emit.SelfTest(EmitLanguage.C, function.Request with { Precision = precision }, PointsOf(function));
        string folder = Toolchain.NewFolder();
        Assert.Equal(0, RunC(folder, source));
        // The call is left as it is; what it gave for the first derivative is changed.
        Assert.NotEqual(0, RunC(folder, source.Replace("- d[k])", "- (k == 0 ? d[k] + 1 : d[k]))")));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_CSharp_test_class_passes(EmitCase function, EmitPrecision precision)
    {
        string source = Symbolics.Emit.SelfTest(EmitLanguage.CSharp, function.Request with { Precision = precision }, PointsOf(function));
        string[] references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create("selftest", [CSharpSyntaxTree.ParseText(source)], references.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Take(5)) + source);
        Assert.Equal(0, Assembly.Load(image.ToArray()).GetType(function.Name + "_test")!.GetMethod("Run")!.Invoke(null, null));
    }

    [Fact]
    public void Shader_languages_are_tested_through_C() =>
        Assert.Contains("Test the C", Assert.Throws<NotSupportedException>(() => Symbolics.Emit.SelfTest(EmitLanguage.Glsl, EmitCase.All[0].Request)).Message);

    // The projection needs a camera in front of its scene.
    private static double[][]? PointsOf(EmitCase function) => function.Name == "project"
        ? [.. function.Sample().Take(3).Select(point => point[..function.InputCount].Select(x => Math.Round(x * 64) / 64).ToArray())]
        : null;

    private int RunC(string folder, string source)
    {
        File.WriteAllText(Path.Combine(folder, "test.c"), source);
        (int code, string output) = Toolchain.Run("gcc", "-std=c99 -O1 -Wall -Wextra -Werror -o test test.c -lm", folder);
        Assert.True(code == 0, output + source);
        (code, output) = Toolchain.Run(Path.Combine(folder, "test"), "", folder);
        print.WriteLine(output);
        return code;
    }
}
