using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// One or more formulas as a function of numbers. Calls are independent of each other: one object may be used by many threads. It is
/// collected like any object, machine code included.
/// </summary>
public sealed unsafe class CompiledFormula
{
    /// <summary>An AppContext switch that makes formulas be interpreted also where machine code could be made.</summary>
    internal const string InterpretSwitch = "Nabla.Symbolics.InterpretFormulas";

    /// <summary>Up to this many numbers of scratch memory are taken from the stack.</summary>
    private const int StackLimit = 1024;

    /// <summary>Beyond this the time to make code outweighs what it saves.</summary>
    private const int LongestProgram = 100_000;

    private readonly Symbol[] symbols;
    private readonly Program program;
    private readonly StraightCode? code;

    internal CompiledFormula(Symbol[] symbols, Program program)
    {
        (this.symbols, this.program) = (symbols, program);
        bool interpret = AppContext.TryGetSwitch(InterpretSwitch, out bool asked) && asked;
        if (!interpret && RuntimeFeature.IsDynamicCodeSupported && program.Instructions.Length <= LongestProgram) code = StraightCode.Of(program);
    }

    /// <summary>The inputs, in order.</summary>
    public IReadOnlyList<Symbol> Symbols => symbols;

    /// <summary>The number of formulas.</summary>
    public int OutputCount => program.Outputs.Length;

    /// <summary>Whether single numbers are computed by machine code; otherwise they are interpreted, with the same results.</summary>
    public bool IsMachineCode => code is not null;

    /// <summary>The value at these numbers, one for each symbol.</summary>
    /// <exception cref="ArgumentException">Another number of inputs.</exception>
    /// <exception cref="InvalidOperationException">There are several formulas.</exception>
    public double Invoke(params ReadOnlySpan<double> inputs)
    {
        RequireSingle();
        double value = 0;
        Invoke(inputs, new Span<double>(ref value));
        return value;
    }

    /// <summary>The values of all formulas at these numbers.</summary>
    /// <param name="inputs">One number for each symbol.</param>
    /// <param name="outputs">Receives one number for each formula; it may overlap the inputs.</param>
    /// <exception cref="ArgumentException">Another number of inputs or outputs.</exception>
    public void Invoke(ReadOnlySpan<double> inputs, Span<double> outputs)
    {
        if (inputs.Length != symbols.Length)
            throw new ArgumentException($"CompiledFormula.Invoke: got {inputs.Length} input(s) for {symbols.Length} symbol(s) ({Names}).", nameof(inputs));
        if (outputs.Length != OutputCount)
            throw new ArgumentException($"CompiledFormula.Invoke: got room for {outputs.Length} output(s), there are {OutputCount} formula(s).", nameof(outputs));
        if (inputs.Overlaps(outputs))
        {
            // Code writes an output when it is known, and reads inputs when they are needed.
            Span<double> results = outputs.Length <= StackLimit ? stackalloc double[outputs.Length] : new double[outputs.Length];
            fixed (double* from = inputs, to = results) Run(from, to);
            results.CopyTo(outputs);
            return;
        }
        fixed (double* from = inputs, to = outputs) Run(from, to);
    }

    /// <summary>The function as a delegate of an array.</summary>
    /// <exception cref="InvalidOperationException">There are several formulas.</exception>
    public Func<double[], double> ToFunc()
    {
        RequireSingle();
        return inputs => Invoke(inputs);
    }

    /// <summary>The function of one number as a delegate.</summary>
    /// <exception cref="InvalidOperationException">Another number of symbols, or several formulas.</exception>
    public Func<double, double> ToFunc1()
    {
        Require(1);
        return x =>
        {
            double value;
            Run(&x, &value);
            return value;
        };
    }

    /// <summary>The function of two numbers as a delegate.</summary>
    /// <exception cref="InvalidOperationException">Another number of symbols, or several formulas.</exception>
    public Func<double, double, double> ToFunc2()
    {
        Require(2);
        return (x, y) =>
        {
            double* inputs = stackalloc double[] { x, y };
            double value;
            Run(inputs, &value);
            return value;
        };
    }

    /// <summary>The function of three numbers as a delegate.</summary>
    /// <exception cref="InvalidOperationException">Another number of symbols, or several formulas.</exception>
    public Func<double, double, double, double> ToFunc3()
    {
        Require(3);
        return (x, y, z) =>
        {
            double* inputs = stackalloc double[] { x, y, z };
            double value;
            Run(inputs, &value);
            return value;
        };
    }

    /// <summary>The function of four numbers as a delegate.</summary>
    /// <exception cref="InvalidOperationException">Another number of symbols, or several formulas.</exception>
    public Func<double, double, double, double, double> ToFunc4()
    {
        Require(4);
        return (x, y, z, w) =>
        {
            double* inputs = stackalloc double[] { x, y, z, w };
            double value;
            Run(inputs, &value);
            return value;
        };
    }

    // ---- Many points at once ----------------------------------------------------------------------------------------------------

    /// <summary>The values at many points by vector instructions, which may differ from single calls in the last bits.</summary>
    /// <param name="output">Receives one number a point; it must not overlap the inputs.</param>
    /// <param name="inputs">One column for each symbol, as long as the output, or of one number that serves all points.</param>
    /// <exception cref="ArgumentException">Another number of columns, or a length that does not fit.</exception>
    /// <exception cref="InvalidOperationException">There are several formulas.</exception>
    public void Evaluate(Memory<double> output, params ReadOnlySpan<ReadOnlyMemory<double>> inputs)
    {
        RequireSingle();
        FormulaBatch.Run(program, symbols, [output], inputs);
    }

    /// <inheritdoc cref="Evaluate(Memory{double}, ReadOnlySpan{ReadOnlyMemory{double}})"/>
    public void Evaluate(Memory<float> output, params ReadOnlySpan<ReadOnlyMemory<float>> inputs)
    {
        RequireSingle();
        FormulaBatch.Run(program, symbols, [output], inputs);
    }

    /// <summary>The values of all formulas at many points by vector instructions.</summary>
    /// <param name="outputs">One column for each formula; they must not overlap the inputs.</param>
    /// <param name="inputs">One column for each symbol, as long as the outputs, or of one number that serves all points.</param>
    /// <exception cref="ArgumentException">Another number of columns, or a length that does not fit.</exception>
    public void Evaluate(ReadOnlySpan<Memory<double>> outputs, ReadOnlySpan<ReadOnlyMemory<double>> inputs) => FormulaBatch.Run(program, symbols, outputs, inputs);

    /// <inheritdoc cref="Evaluate(ReadOnlySpan{Memory{double}}, ReadOnlySpan{ReadOnlyMemory{double}})"/>
    public void Evaluate(ReadOnlySpan<Memory<float>> outputs, ReadOnlySpan<ReadOnlyMemory<float>> inputs) => FormulaBatch.Run(program, symbols, outputs, inputs);

    private string Names => string.Join(", ", symbols.Select(symbol => symbol.Name));

    private void Run(double* inputs, double* outputs)
    {
        int scratch = code is null ? program.RegisterCount : code.FrameBytes / sizeof(double);
        if (scratch == 0) RunWith(null, inputs, outputs);
        else if (scratch <= StackLimit) RunOnStack(inputs, outputs, scratch);
        else fixed (double* memory = new double[scratch]) RunWith(memory, inputs, outputs);
    }

    private void RunOnStack(double* inputs, double* outputs, int scratch)
    {
        double* memory = stackalloc double[scratch];
        RunWith(memory, inputs, outputs);
    }

    private void RunWith(double* memory, double* inputs, double* outputs)
    {
        if (code is not null)
        {
            code.Run((byte**)&inputs, (byte**)&outputs, (byte*)memory, 1);
            return;
        }

        var registers = new Span<double>(memory, program.RegisterCount);
        new ReadOnlySpan<double>(inputs, symbols.Length).CopyTo(registers);
        ScalarExecutor.Run(program, registers, single: false);
        for (int i = 0; i < program.Outputs.Length; i++) outputs[i] = registers[program.Outputs[i]];
    }

    private void RequireSingle()
    {
        if (OutputCount != 1) throw new InvalidOperationException($"CompiledFormula: there are {OutputCount} formulas. Use Invoke(inputs, outputs), which gives all of them.");
    }

    private void Require(int count)
    {
        RequireSingle();
        if (symbols.Length != count)
            throw new InvalidOperationException($"CompiledFormula.ToFunc{count}: the function has {symbols.Length} symbol(s) ({Names}). Use the ToFunc of that number, or ToFunc().");
    }
}
