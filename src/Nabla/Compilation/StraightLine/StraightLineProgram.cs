using System.Runtime.CompilerServices;
using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>A function as one line of machine code: inputs are read where they lie, outputs written where they belong.</summary>
internal sealed unsafe class StraightLineProgram : CompiledProgram
{
    /// <summary>Up to so many bytes of memory are taken from the stack.</summary>
    private const int StackBytes = 16 * 1024;

    private readonly int steps;
    private readonly int inputCount;
    private readonly StraightCode? code;
    private readonly InterpretedLine? interpreted;
    private readonly int elementSize;

    public StraightLineProgram(RecordedGraph graph, ScalarGraph scalars, List<Instruction> code, double[] constants, int[] results)
    {
        steps = code.Count;
        inputCount = ReadInputs(scalars.Inputs.Length, code, results);
        elementSize = scalars.Steps.IsSingle ? sizeof(float) : sizeof(double);
        var places = new NumberPlace[results.Length];
        for (int i = 0, at = 0; i < graph.Outputs.Length; i++)
            for (int j = 0; j < graph.Outputs[i].Numel; j++) places[at++] = new NumberPlace(i, j);
        var layout = new StraightLayout(Array.ConvertAll(scalars.Inputs, input => new NumberPlace(input.Input, input.Position)), places);
        if (RuntimeFeature.IsDynamicCodeSupported && !InterpretedLine.IsWanted) this.code = StraightCode.Of(code, constants, results, layout, LaneCode.Scalar(scalars.Steps.IsSingle));
        else interpreted = new InterpretedLine(Program.Assemble(scalars.Inputs.Length, constants, code, scalars.Inputs.Length + code.Count, results), layout, scalars.Steps.IsSingle);
    }

    private static int ReadInputs(int inputs, List<Instruction> code, int[] results)
    {
        var read = new bool[inputs];
        foreach (Instruction step in code)
        {
            Note(step.A);
            if (step.Primitive.Arity > 1) Note(step.B);
            if (step.Primitive.Arity > 2) Note(step.C);
        }
        foreach (int result in results) Note(result);
        return read.AsSpan().Count(true);

        void Note(int value)
        {
            if (value >= 0 && value < inputs) read[value] = true;
        }
    }

    public override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => PinnedArrays.Run(inputs, outputs, new Work(this));

    private readonly struct Work(StraightLineProgram program) : IPinnedWork
    {
        public void Run(byte** inputs, byte** outputs) => program.Run(inputs, outputs);
    }

    private void Run(byte** inputs, byte** outputs)
    {
        if (code is null)
        {
            interpreted!.Run(inputs, outputs);
        }
        else if (code.FrameBytes == 0)
        {
            code.Run(inputs, outputs, null, 1);
        }
        else if (code.FrameBytes <= StackBytes)
        {
            RunWithFrame(inputs, outputs);
        }
        else
        {
            fixed (byte* frame = new byte[code.FrameBytes]) code.Run(inputs, outputs, frame, 1);
        }
    }

    private void RunWithFrame(byte** inputs, byte** outputs)
    {
        byte* frame = stackalloc byte[code!.FrameBytes];
        code.Run(inputs, outputs, frame, 1);
    }

    public override void Explain(StringBuilder text)
    {
        string type = elementSize == sizeof(float) ? "float32" : "float64";
        text.Append($"straight-line {(code is null ? "program, interpreted" : "machine code")}: {steps} {type} operations on {inputCount} numbers");
        if (code is { PieceCount: > 1 }) text.Append($", in {code.PieceCount} pieces");
        text.Append('\n');
    }
}
