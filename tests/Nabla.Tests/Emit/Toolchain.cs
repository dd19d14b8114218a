using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Nabla.Symbolics;

namespace Nabla.Tests.Emit;

/// <summary>The compilers that tests of generated code use, where they are installed.</summary>
internal static class Toolchain
{
    /// <summary>Where a program is, or null.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program in a folder; gives the exit code and all it printed.</summary>
    public static (int Code, string Output) Run(string program, string arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>A new folder below the temporary one.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("nabla-emit-").FullName;
}

/// <summary>
/// Generated C in a shared library: for each request a function rows(in, out, n) that runs the generated one on n rows, inputs in the
/// order of the signature, outputs value first.
/// </summary>
internal sealed unsafe class CLibrary
{
    private readonly nint handle;

    private CLibrary(nint handle) => this.handle = handle;

    /// <summary>Compiles with all warnings as errors; the message is the compiler's.</summary>
    public static CLibrary Compile(IReadOnlyList<EmitRequest> requests)
    {
        string folder = Toolchain.NewFolder();
        var source = new StringBuilder();
        foreach (EmitRequest request in requests) source.Append(Symbolics.Emit.C(request)).Append('\n').Append(Rows(request)).Append('\n');
        File.WriteAllText(Path.Combine(folder, "all.c"), source.ToString());
        (int code, string output) = Toolchain.Run("gcc", "-std=c99 -D_GNU_SOURCE -O1 -Wall -Wextra -Wpedantic -Werror -shared -fPIC -o all.so all.c -lm", folder);
        Assert.True(code == 0, $"gcc: {output}\n{source}");
        var library = new CLibrary(NativeLibrary.Load(Path.Combine(folder, "all.so")));
        Directory.Delete(folder, recursive: true);
        return library;
    }

    public double[][] Run(EmitRequest request, double[][] rows, int outputs)
    {
        var run = (delegate* unmanaged<double*, double*, int, void>)NativeLibrary.GetExport(handle, request.Name + "_rows");
        double[] input = [.. rows.SelectMany(row => row)], output = new double[rows.Length * outputs];
        fixed (double* from = input, to = output) run(from, to, rows.Length);
        return [.. output.Chunk(outputs)];
    }

    private static string Rows(EmitRequest request)
    {
        bool isSingle = request.Outputs is [{ Packing: EmitPacking.Scalar }];
        bool value = request.Parts != EmitParts.Gradient, gradient = request.Parts != EmitParts.Value;
        var arguments = new List<string>();
        int read = 0, written = 0;
        foreach (EmitParameter parameter in request.Parameters) Read(parameter.Packing, parameter.Symbols.Count);
        if (gradient && (request.Upstream ?? !isSingle)) foreach (EmitOutput output in request.Outputs) Read(output.Packing, output.Formulas.Count);
        bool returns = value && isSingle;
        if (returns) written = 1;
        else if (value) foreach (EmitOutput output in request.Outputs) Write(output.Formulas.Count);
        if (gradient)
        {
            foreach (EmitParameter parameter in request.Parameters)
                if (request.GradientOf is null || request.GradientOf.Contains(parameter.Name)) Write(parameter.Symbols.Count);
        }

        return $$"""
            void {{request.Name}}_rows(const double *in, double *out, int n)
            {
                for (int i = 0; i < n; i++, in += {{read}}, out += {{written}}) {{(returns ? "out[0] = " : "")}}{{request.Name}}({{string.Join(", ", arguments)}});
            }
            """;

        void Read(EmitPacking packing, int count)
        {
            arguments.Add(packing == EmitPacking.Scalar ? $"in[{read}]" : $"in + {read}");
            read += count;
        }

        void Write(int count)
        {
            arguments.Add($"out + {written}");
            written += count;
        }
    }
}
