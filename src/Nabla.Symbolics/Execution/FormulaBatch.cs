using System.Buffers;
using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>Runs a program over columns of numbers, tile after tile.</summary>
internal static unsafe class FormulaBatch
{
    public static void Run<T>(Program program, Symbol[] symbols, ReadOnlySpan<Memory<T>> outputs, ReadOnlySpan<ReadOnlyMemory<T>> inputs)
        where T : unmanaged
    {
        int length = Check(program, symbols, outputs, inputs);
        if (length == 0) return;
        int tile = Math.Min(length, TileExecutor.TileSize);
        int inputCount = program.InputCount;

        // Constants, temporaries, and the inputs that are one number, a tile each.
        T[] memory = ArrayPool<T>.Shared.Rent(program.RegisterCount * tile);
        var pins = new MemoryHandle[inputCount];
        var start = new nint[program.RegisterCount];
        try
        {
            fixed (T* buffer = memory)
            fixed (nint* registers = start)
            {
                for (int i = 0; i < inputCount; i++)
                {
                    pins[i] = inputs[i].Pin();
                    bool repeats = inputs[i].Length == 1;
                    registers[i] = repeats ? (nint)(buffer + (i * tile)) : (nint)pins[i].Pointer;
                    if (repeats) new Span<T>((void*)registers[i], tile).Fill(inputs[i].Span[0]);
                }

                for (int i = inputCount; i < program.RegisterCount; i++) registers[i] = (nint)(buffer + (i * tile));
                TileExecutor.FillConstants(program, (T**)registers, tile);
                for (int done = 0; done < length; done += tile)
                {
                    int count = Math.Min(tile, length - done);
                    TileExecutor.Run(program, (T**)registers, count);
                    for (int i = 0; i < outputs.Length; i++)
                        new ReadOnlySpan<T>((void*)registers[program.Outputs[i]], count).CopyTo(outputs[i].Span[done..]);
                    for (int i = 0; i < inputCount; i++)
                        if (inputs[i].Length != 1) registers[i] += count * sizeof(T);
                }
            }
        }
        finally
        {
            foreach (MemoryHandle pin in pins) pin.Dispose();
            ArrayPool<T>.Shared.Return(memory);
        }
    }

    private static int Check<T>(Program program, Symbol[] symbols, ReadOnlySpan<Memory<T>> outputs, ReadOnlySpan<ReadOnlyMemory<T>> inputs)
        where T : unmanaged
    {
        if (inputs.Length != symbols.Length)
        {
            throw new ArgumentException(
                $"CompiledFormula.Evaluate: got {inputs.Length} column(s) for {symbols.Length} symbol(s) ({string.Join(", ", symbols.Select(symbol => symbol.Name))}).");
        }

        if (outputs.Length != program.Outputs.Length)
            throw new ArgumentException($"CompiledFormula.Evaluate: got {outputs.Length} output column(s) for {program.Outputs.Length} formula(s).");
        int length = outputs[0].Length;
        foreach (Memory<T> output in outputs)
            if (output.Length != length) throw new ArgumentException($"CompiledFormula.Evaluate: output columns have {length} and {output.Length} numbers. Make them equally long.");
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Length != length && inputs[i].Length != 1)
            {
                throw new ArgumentException(
                    $"CompiledFormula.Evaluate: the column of '{symbols[i].Name}' has {inputs[i].Length} number(s), the output {length}. Give as many, or one for all points.");
            }

            foreach (Memory<T> output in outputs)
            {
                if (MemoryMarshal.AsBytes(output.Span).Overlaps(MemoryMarshal.AsBytes(inputs[i].Span)))
                    throw new ArgumentException($"CompiledFormula.Evaluate: the output overlaps the column of '{symbols[i].Name}'. Write to other memory.");
            }
        }

        return length;
    }
}
