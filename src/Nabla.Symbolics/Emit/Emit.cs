using System.Text;

namespace Nabla.Symbolics;

/// <summary>
/// Source code from formulas: value, gradient or both as a function to paste into a program or a kernel. Shared subterms have one name,
/// branches stay branches, the text of a request is always the same.
/// <code>
/// formulas ─ gradient by reverse mode ─ Lowering ─ CodeNode graph ─ Branches, Statements, Schedule ─ SourceWriter ─ text
/// </code>
/// </summary>
public static class Emit
{
    /// <summary>A C99 function; doubles unless the request says otherwise.</summary>
    /// <exception cref="ArgumentException">The request is inconsistent: the message says how.</exception>
    /// <exception cref="NotSupportedException">C cannot compute one of the functions, or a derivative is not known.</exception>
    public static string C(EmitRequest request) => Source(EmitLanguage.C, request);

    /// <summary>A static C# method; doubles unless the request says otherwise. Float vectors are those of System.Numerics.</summary>
    /// <exception cref="ArgumentException">The request is inconsistent: the message says how.</exception>
    /// <exception cref="NotSupportedException">C# cannot compute one of the functions, or a derivative is not known.</exception>
    public static string CSharp(EmitRequest request) => Source(EmitLanguage.CSharp, request);

    /// <summary>A CUDA device function; floats unless the request says otherwise.</summary>
    /// <exception cref="ArgumentException">The request is inconsistent: the message says how.</exception>
    /// <exception cref="NotSupportedException">CUDA cannot compute one of the functions, or a derivative is not known.</exception>
    public static string Cuda(EmitRequest request) => Source(EmitLanguage.Cuda, request);

    /// <summary>A GLSL 4.50 function; floats unless the request says otherwise. GLSL has no exp, sin or pow of doubles.</summary>
    /// <exception cref="ArgumentException">The request is inconsistent: the message says how.</exception>
    /// <exception cref="NotSupportedException">GLSL cannot compute one of the functions, or a derivative is not known.</exception>
    public static string Glsl(EmitRequest request) => Source(EmitLanguage.Glsl, request);

    /// <summary>An HLSL function for shader model 5; floats unless the request says otherwise. HLSL computes little on doubles.</summary>
    /// <exception cref="ArgumentException">The request is inconsistent: the message says how.</exception>
    /// <exception cref="NotSupportedException">HLSL cannot compute one of the functions, or a derivative is not known.</exception>
    public static string Hlsl(EmitRequest request) => Source(EmitLanguage.Hlsl, request);

    /// <summary>The function in a language.</summary>
    /// <exception cref="ArgumentException">The request is inconsistent: the message says how.</exception>
    /// <exception cref="NotSupportedException">The language cannot compute one of the functions, or a derivative is not known.</exception>
    public static string Source(EmitLanguage language, EmitRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Dialect dialect = Dialect.Of(language, request.Precision);
        var prelude = new Prelude(dialect);
        var functions = new StringBuilder();
        foreach (EmitFunction function in EmitPlan.Of(request, dialect))
        {
            if (functions.Length > 0) functions.Append('\n');
            if (language != EmitLanguage.CSharp)
            {
                functions.Append(SourceWriter.Write(dialect, prelude, function));
                continue;
            }

            // In C# the prelude is local functions at the end of each method.
            var local = new Prelude(dialect);
            string text = SourceWriter.Write(dialect, local, function);
            functions.Append(text, 0, text.Length - 2);
            if (local.Text.Length > 0) functions.Append('\n').Append("    ").Append(local.Text.TrimEnd().Replace("\n", "\n    ").Replace("\n    \n", "\n\n")).Append('\n');
            functions.Append("}\n");
        }

        var source = new StringBuilder();
        foreach (string line in dialect.Opening) source.Append(line).Append('\n');
        if (dialect.Opening.Count > 0) source.Append('\n');
        if (prelude.Text.Length > 0) source.Append(prelude.Text);
        return source.Append(functions).ToString();
    }

    /// <summary>
    /// A program in C or C# that holds value and gradient of the request and compares the gradient with central differences at some
    /// points, where the formula is smooth. C: a <c>main</c> that returns 0 if all agree. C#: a class NAME_test whose <c>Run</c> does.
    /// CUDA, GLSL and HLSL do not run on the host; their functions differ from the C in spelling only, so the C program tests them too.
    /// </summary>
    /// <param name="language">C or C#.</param>
    /// <param name="request">What to generate; it is tested as value and gradient in one function.</param>
    /// <param name="points">Points to test at, one number for each symbol; if null, five are found.</param>
    /// <exception cref="ArgumentException">No point was found where the formulas are finite and smooth, or a point has another number of values.</exception>
    /// <exception cref="NotSupportedException">The language is not C or C#, or cannot compute one of the functions.</exception>
    public static string SelfTest(EmitLanguage language, EmitRequest request, IReadOnlyList<double[]>? points = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        return EmitSelfTest.Of(language, request, points);
    }
}
