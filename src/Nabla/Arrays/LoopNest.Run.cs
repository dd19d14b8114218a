using System.Buffers;
using System.Runtime.CompilerServices;
using Nabla.Symbolics;

namespace Nabla;

// Runs the units of a nest, on one thread or several.
internal sealed unsafe partial class LoopNest
{
    /// <summary>The elements that are gathered at a time.</summary>
    private const int GatherLength = 992;

    /// <summary>Rows that are gathered together, where neighbours in memory are neighbours along the rows.</summary>
    private const int GatherRows = 16;

    [ThreadStatic]
    private static byte[]? scratch;

    /// <summary>Runs over all elements.</summary>
    /// <param name="from">The address of the first element of each input.</param>
    /// <param name="to">The address of the first element of each output.</param>
    public void Run(byte** from, byte** to)
    {
        switch (compute)
        {
            case DType.Float32: Run<float>(from, to); break;
            case DType.Float64: Run<double>(from, to); break;
            default: Run<long>(from, to); break;
        }
    }

    private void Run<T>(byte** from, byte** to)
        where T : unmanaged
    {
        nint total = 0;
        nint* partStarts = stackalloc nint[outputs.Length + 1];
        for (int i = 0; i < outputs.Length; i++)
        {
            partStarts[i] = total;
            if (outputs[i].HasParts) total += sinks[i].Kind == LoopSinkKind.Row ? outerCount * rows * blocks : outerCount * groups * inner;
            if (outputs[i].Meets || (empty && folds[i] is not null)) FillNeutral<T>(i, (T*)to[i]);
        }
        if (empty) return;
        T[]? rented = total > 64 ? ArrayPool<T>.Shared.Rent(checked((int)total)) : null;
        T* few = stackalloc T[64];
        fixed (T* many = rented)
        {
            var units = new Units<T>(this, from, to, rented is null ? few : many, partStarts);
            long count = groups * blocks;
            long workOfUnit = Math.Min(rows, UnitRows) * Math.Min(inner, UnitLength) * (4 + program.Instructions.Length);
            if (ordered) workOfUnit *= outerCount;
            else count *= outerCount;
            if (count == 1) units.Run(0, count);
            else WorkSplit.Run(count, Math.Max(1, GrainWork / Math.Max(1, workOfUnit)), 1, units);
            for (int i = 0; i < outputs.Length; i++)
                if (outputs[i].HasParts) Join(i, (rented is null ? few : many) + partStarts[i], (T*)to[i]);
        }
        if (rented is not null) ArrayPool<T>.Shared.Return(rented);
    }

    private readonly struct Units<T>(LoopNest nest, byte** from, byte** to, T* parts, nint* partStarts) : IRangeWork
        where T : unmanaged
    {
        /// <inheritdoc/>
        public void Run(long first, long end)
        {
            if (nest.ordered)
            {
                // Results meet in memory along the axes further out only.
                for (long unit = first; unit < end; unit++)
                    for (nint at = 0; at < nest.outerCount; at++) Run(at, (nint)(unit / nest.blocks), (nint)(unit % nest.blocks), 1);
                return;
            }
            for (long unit = first; unit < end;)
            {
                nint block = (nint)(unit % nest.blocks), group = (nint)(unit / nest.blocks % nest.groups), at = (nint)(unit / nest.blocks / nest.groups);
                // One row: several of its units at once.
                nint together = nest.rows == 1 && !nest.gathers ? (nint)Math.Min(Math.Min(UnitRows, nest.blocks - block), end - unit) : 1;
                Run(at, group, block, together);
                unit += together;
            }
        }

        private void Run(nint at, nint group, nint block, nint together)
        {
            if (nest.gathers) nest.GatherUnit(from, to, parts, partStarts, at, group, block);
            else nest.Unit(from, to, parts, partStarts, at, group, block, together);
        }
    }

    /// <summary>A unit, or several of one row, with operands that are used where they lie.</summary>
    [SkipLocalsInit]
    private void Unit<T>(byte** from, byte** to, T* parts, nint* partStarts, nint at, nint group, nint block, nint together)
        where T : unmanaged
    {
        byte** inputRows = stackalloc byte*[inputs.Length + 1];
        byte** outputRows = stackalloc byte*[outputs.Length + 1];
        nint* inputSteps = stackalloc nint[inputs.Length + 1];
        nint* outputSteps = stackalloc nint[outputs.Length + 1];
        nint row = group * UnitRows, start = block * UnitLength;
        nint length = Math.Min((nint)UnitLength * together, inner - start);
        bool folds = HasRowFolds;

        // Several units: as rows, if each has its own results; a last one that is shorter comes by itself.
        nint whole = together > 1 && folds ? length / UnitLength : 1;
        nint rowCount = together > 1 ? whole : Math.Min(UnitRows, rows - row);
        nint rowLength = together > 1 && folds ? UnitLength : length;
        byte* lanes = folds ? AlignedRoom.In(ref scratch, rowCount * outputs.Length * LoopFolds.Bytes) : null;
        for (int i = 0; i < inputs.Length; i++)
        {
            Operand input = inputs[i];
            inputRows[i] = from[i] + ((input.Place(at, outer) + (row * input.Row) + (start * input.Inner)) * input.Size);
            inputSteps[i] = (together > 1 ? UnitLength * input.Inner : input.Row) * input.Size;
        }
        for (int i = 0; i < outputs.Length; i++)
        {
            Operand output = outputs[i];
            if (sinks[i].Kind == LoopSinkKind.Row)
            {
                outputRows[i] = lanes + (i * rowCount * LoopFolds.Bytes);
                outputSteps[i] = LoopFolds.Bytes;
                continue;
            }
            if (output.HasParts)
            {
                outputRows[i] = (byte*)(parts + partStarts[i] + (((at * groups) + group) * inner) + start);
                outputSteps[i] = together > 1 ? UnitLength * sizeof(T) : 0;
                FillNeutral((T*)outputRows[i], length, sinks[i].Fold);
                continue;
            }
            outputRows[i] = to[i] + ((output.Place(at, outer) + (row * output.Row) + (start * output.Inner)) * output.Size);
            outputSteps[i] = (together > 1 ? UnitLength * output.Inner : output.Row) * output.Size;
            if (sinks[i].Kind == LoopSinkKind.Column && !output.Meets)
                for (nint r = 0; r < (output.Row == 0 ? 1 : rowCount); r++) FillNeutral((T*)(outputRows[i] + (r * outputSteps[i])), together > 1 ? length : rowLength, sinks[i].Fold);
        }

        var call = new LoopCall
        {
            Inputs = inputRows,
            InputSteps = inputSteps,
            Outputs = outputRows,
            OutputSteps = outputSteps,
            Length = rowLength,
            Rows = rowCount,
        };
        if (rowCount > 0) kernel.Run(&call);
        if (folds) KeepRows(lanes, parts, partStarts, at, row, block, rowCount, together > 1);
        if (together > 1 && folds && length % UnitLength != 0) Unit(from, to, parts, partStarts, at, group, block + whole, 1);
    }

    private bool HasRowFolds
    {
        get
        {
            foreach (LoopSink sink in sinks)
                if (sink.Kind == LoopSinkKind.Row) return true;
            return false;
        }
    }

    /// <summary>Makes one number of each row's partial results, and keeps it.</summary>
    private void KeepRows<T>(byte* lanes, T* parts, nint* partStarts, nint at, nint row, nint block, nint rowCount, bool areBlocks)
        where T : unmanaged
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (sinks[i].Kind != LoopSinkKind.Row) continue;
            for (nint r = 0; r < rowCount; r++)
            {
                T value = LoopFolds.Join(sinks[i].Fold, (T*)(lanes + (((i * rowCount) + r) * LoopFolds.Bytes)));
                nint line = (at * rows) + row + (areBlocks ? 0 : r);
                parts[partStarts[i] + (line * blocks) + block + (areBlocks ? r : 0)] = value;
            }
        }
    }

    // ---- what does not lie as the kernel wants it ---------------------------------------------------------------------------

    /// <summary>A unit, some of whose operands pass through buffers.</summary>
    [SkipLocalsInit]
    private void GatherUnit<T>(byte** from, byte** to, T* parts, nint* partStarts, nint at, nint group, nint block)
        where T : unmanaged
    {
        int operands = inputs.Length + outputs.Length;
        nint firstRow = group * UnitRows, start = block * UnitLength;
        nint rowCount = Math.Min(UnitRows, rows - firstRow), length = Math.Min(UnitLength, inner - start);
        (nint side, nint stretch) = BufferShape<T>(rowCount, length);
        nint room = side * stretch;
        byte* memory = AlignedRoom.In(ref scratch, (operands * room * sizeof(T)) + (operands * rowCount * LoopFolds.Bytes));
        byte* lanes = memory + (operands * room * sizeof(T));

        byte** inputRows = stackalloc byte*[inputs.Length + 1];
        byte** outputRows = stackalloc byte*[outputs.Length + 1];
        nint* inputSteps = stackalloc nint[inputs.Length + 1];
        nint* outputSteps = stackalloc nint[outputs.Length + 1];
        for (nint done = 0; done < length; done += stretch)
        {
            for (nint r = 0; r < rowCount; r += side)
            {
                nint rowsHere = Math.Min(side, rowCount - r), count = Math.Min(stretch, length - done), row = firstRow + r, column = start + done;
                for (int i = 0; i < inputs.Length; i++)
                {
                    Operand input = inputs[i];
                    byte* place = from[i] + ((input.Place(at, outer) + (row * input.Row) + (input.Reader is null ? column * input.Inner : 0)) * input.Size);
                    inputRows[i] = place;
                    inputSteps[i] = input.Row * input.Size;
                    if (input.IsDirect) continue;
                    T* buffer = (T*)memory + (i * room);
                    nint width = input.Inner == 0 ? 1 : count;
                    inputRows[i] = (byte*)buffer;
                    inputSteps[i] = input.Row == 0 ? 0 : width * sizeof(T);
                    if (input.Row == 0 && r > 0) continue;
                    nint gathered = input.Row == 0 ? 1 : rowsHere;
                    if (input.Reader is not { } reader) StridedGather.Read(input.Type, place, input.Row, input.Inner, gathered, width, buffer);
                    else
                        for (nint k = 0; k < gathered; k++) reader.Read(place + (k * input.Row * input.Size), (int)column, (int)count, buffer + (k * count));
                }
                for (int i = 0; i < outputs.Length; i++)
                {
                    Operand output = outputs[i];
                    T* buffer = (T*)memory + ((inputs.Length + i) * room);
                    byte* place = to[i] + ((output.Place(at, outer) + (row * output.Row) + (column * output.Inner)) * output.Size);
                    outputRows[i] = place;
                    outputSteps[i] = output.Row * output.Size;
                    if (sinks[i].Kind == LoopSinkKind.Row)
                    {
                        outputRows[i] = lanes + (((i * rowCount) + r) * LoopFolds.Bytes);
                        outputSteps[i] = LoopFolds.Bytes;
                    }
                    else if (output.HasParts)
                    {
                        outputRows[i] = (byte*)(parts + partStarts[i] + (((at * groups) + group) * inner) + column);
                        outputSteps[i] = 0;
                        if (r == 0) FillNeutral((T*)outputRows[i], count, sinks[i].Fold);
                    }
                    else if (!output.IsDirect)
                    {
                        outputRows[i] = (byte*)buffer;
                        outputSteps[i] = count * sizeof(T);
                        if (sinks[i].Kind != LoopSinkKind.Column) continue;

                        // What is there already comes in, is added to, and goes back.
                        if (!output.Meets && (output.Row != 0 || r == 0)) StridedGather.Fill(place, output.Row, output.Inner, output.Row == 0 ? 1 : rowsHere, count, LoopFolds.Neutral<T>(sinks[i].Fold));
                        if (output.Row == 0) outputSteps[i] = 0;
                        StridedGather.Read(output.Type, place, output.Row, output.Inner, output.Row == 0 ? 1 : rowsHere, count, buffer);
                    }
                    else if (sinks[i].Kind == LoopSinkKind.Column && !output.Meets && (output.Row != 0 || r == 0))
                    {
                        for (nint k = 0; k < (output.Row == 0 ? 1 : rowsHere); k++) FillNeutral((T*)(place + (k * outputSteps[i])), count, sinks[i].Fold);
                    }
                }
                var call = new LoopCall
                {
                    Inputs = inputRows,
                    InputSteps = inputSteps,
                    Outputs = outputRows,
                    OutputSteps = outputSteps,
                    Length = count,
                    Rows = rowsHere,
                    Continues = done > 0 ? 1 : 0,
                };
                kernel.Run(&call);
                for (int i = 0; i < outputs.Length; i++)
                {
                    Operand output = outputs[i];
                    if (output.IsDirect || output.HasParts) continue;
                    byte* place = to[i] + ((output.Place(at, outer) + (row * output.Row) + (column * output.Inner)) * output.Size);
                    nint rowsBack = sinks[i].Kind == LoopSinkKind.Column && output.Row == 0 ? 1 : rowsHere;
                    StridedGather.Write((T*)memory + ((inputs.Length + i) * room), output.Type, place, output.Row, output.Inner, rowsBack, count);
                }
            }
        }
        if (HasRowFolds) KeepRows(lanes, parts, partStarts, at, firstRow, block, rowCount, areBlocks: false);
    }

    /// <summary>How many rows, and elements of each, are gathered at a time: about as many elements as there is room for near the processor.</summary>
    private (nint Rows, nint Length) BufferShape<T>(nint rowCount, nint length)
        where T : unmanaged
    {
        bool down = false;
        foreach (Operand input in inputs) down |= !input.IsDirect && input.Reader is null && nint.Abs(input.Row) == 1 && rowCount > 1;

        // The partial results of folds are counted from the start of the row.
        int lanes = LoopFolds.Lanes<T>();
        nint stretch = Math.Min(length, (down ? GatherLength / 4 : GatherLength) / lanes * lanes);
        return (Math.Min(rowCount, Math.Max(down ? GatherRows : 1, GatherLength / Math.Max(1, stretch))), stretch);
    }

    private static void FillNeutral<T>(T* target, nint count, LoopFold fold)
        where T : unmanaged
    {
        T neutral = LoopFolds.Neutral<T>(fold);
        for (nint i = 0; i < count; i++) target[i] = neutral;
    }
}
