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
        var call = RowCall.Of(request, (i, scalar, _) => scalar ? $"in[{i}]" : $"in + {i}", (i, _, _) => $"out + {i}");
        return $$"""
            void {{request.Name}}_rows(const double *in, double *out, int n)
            {
                for (int i = 0; i < n; i++, in += {{call.Read}}, out += {{call.Written}}) {{(call.Returns ? "out[0] = " : "")}}{{request.Name}}({{call.Arguments}});
            }
            """;
    }
}

/// <summary>A call of a generated function with arguments out of a row of inputs and into a row of outputs.</summary>
/// <param name="Arguments">The arguments as text.</param>
/// <param name="Read">The numbers of a row of inputs.</param>
/// <param name="Written">The numbers of a row of outputs.</param>
/// <param name="Returns">Whether the first output is returned.</param>
internal sealed record RowCall(string Arguments, int Read, int Written, bool Returns)
{
    /// <summary>The texts are made from position, whether it is one number, and how many it is.</summary>
    public static RowCall Of(EmitRequest request, Func<int, bool, int, string> input, Func<int, bool, int, string> output)
    {
        bool isSingle = request.Outputs is [{ Packing: EmitPacking.Scalar }];
        bool value = request.Parts != EmitParts.Gradient, gradient = request.Parts != EmitParts.Value;
        var arguments = new List<string>();
        int read = 0, written = 0;
        foreach (EmitParameter parameter in request.Parameters) Take(parameter.Packing, parameter.Symbols.Count);
        if (gradient && (request.Upstream ?? !isSingle)) foreach (EmitOutput result in request.Outputs) Take(result.Packing, result.Formulas.Count);
        bool returns = value && isSingle;
        if (returns) written = 1;
        else if (value) foreach (EmitOutput result in request.Outputs) Give(result.Packing, result.Formulas.Count);
        if (gradient)
        {
            foreach (EmitParameter parameter in request.Parameters)
                if (request.GradientOf is null || request.GradientOf.Contains(parameter.Name)) Give(parameter.Packing, parameter.Symbols.Count);
        }

        return new RowCall(string.Join(", ", arguments), read, written, returns);

        void Take(EmitPacking packing, int count)
        {
            arguments.Add(input(read, packing == EmitPacking.Scalar, count));
            read += count;
        }

        void Give(EmitPacking packing, int count)
        {
            arguments.Add(output(written, packing == EmitPacking.Scalar, count));
            written += count;
        }
    }
}
