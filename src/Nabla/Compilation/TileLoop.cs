using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Runs a loop in tiles: one vector pass per instruction over about a thousand elements, which stay in the first-level cache; what
/// is added up is added up while it is there. No code is generated.
/// </summary>
/// <remarks>Sums are kept in float64, tile by tile in order: the result does not depend on anything but the shape.</remarks>
internal sealed unsafe class TileLoop<T> : LoopExecutor
    where T : unmanaged, INumber<T>
{
    private readonly Program program;
    private readonly int count;
    private readonly int tile;
    private readonly int inputCount;
    private readonly StridedReader?[] readers;
    private readonly bool[] isOneNumber;
    private readonly DType[] inputTypes;
    private readonly DType[] outputTypes;
    private readonly bool[] direct;
    private readonly LoopFold[] folds;
    private readonly int sums;

    [ThreadStatic]
    private static byte[]? scratch;

    public TileLoop(FusedLoop loop)
    {
        program = loop.Program;
        count = loop.Count;
        inputCount = loop.Inputs.Length;
        folds = loop.Folds;
        DType type = loop.Compute;
        readers = new StridedReader?[inputCount];
        isOneNumber = new bool[inputCount];
        inputTypes = Array.ConvertAll(loop.Inputs, input => input.DType);
        for (int i = 0; i < inputCount; i++)
        {
            LoopInput input = loop.Inputs[i];
            var array = new NdArray(null!, loop.Dims, input.Strides, 0, input.DType);
            isOneNumber[i] = Array.TrueForAll(input.Strides, stride => stride == 0) || count == 1;
            if (!isOneNumber[i] && (input.DType != type || !array.IsContiguous)) readers[i] = new StridedReader(array, loop.Dims);
        }
        outputTypes = Array.ConvertAll(loop.Stored, value => value.DType);
        direct = new bool[outputTypes.Length];
        for (int i = 0; i < direct.Length; i++)
        {
            // The register of a stored value may be the memory of the value itself, if nobody else writes there.
            int register = program.Outputs[i];
            direct[i] = outputTypes[i] == type && register >= program.FirstTemporary && Array.IndexOf(program.Outputs, register) == i;
        }
        foreach (LoopFold fold in folds) sums += fold.Outer * fold.Inner;
        tile = Math.Min(count, TileExecutor.TileSize * Math.Clamp(16 / sizeof(T) / Math.Max(1, program.RegisterCount - 2), 1, 4));
    }

    public override void Run(byte** inputs, byte** outputs)
    {
        int slots = program.RegisterCount;
        byte* memory = Scratch((slots * tile * sizeof(T)) + (sums * sizeof(double)));
        double* totals = (double*)memory;
        T* buffer = (T*)(memory + (((sums * sizeof(double)) + 63) & ~63));
        new Span<double>(totals, sums).Clear();
        T** registers = stackalloc T*[slots];
        for (int r = 0; r < slots; r++) registers[r] = buffer + (r * tile);
        TileExecutor.FillConstants(program, registers, tile);
        for (int i = 0; i < inputCount; i++)
            if (isOneNumber[i]) new Span<T>(registers[i], tile).Fill(One(inputs[i], inputTypes[i]));

        for (int start = 0; start < count; start += tile)
        {
            int length = Math.Min(tile, count - start);
            for (int i = 0; i < inputCount; i++)
            {
                if (readers[i] is { } reader) reader.Read(inputs[i], start, length, registers[i]);
                else if (!isOneNumber[i]) registers[i] = (T*)inputs[i] + start;
            }
            for (int i = 0; i < direct.Length; i++)
                if (direct[i]) registers[program.Outputs[i]] = (T*)outputs[i] + start;
            TileExecutor.Run(program, registers, length);
            for (int i = 0; i < direct.Length; i++)
                if (!direct[i]) ElementwiseKernel.Store(registers[program.Outputs[i]], outputTypes[i], outputs[i], start, length);
            double* at = totals;
            for (int i = 0; i < folds.Length; i++)
            {
                Accumulate(registers[program.Outputs[direct.Length + i]], start, length, folds[i], at);
                at += folds[i].Outer * folds[i].Inner;
            }
        }

        double* total = totals;
        for (int i = 0; i < folds.Length; i++)
        {
            T* result = (T*)outputs[direct.Length + i];
            for (int j = folds[i].Outer * folds[i].Inner; j > 0; j--) *result++ = T.CreateTruncating(*total++);
        }
    }

    /// <summary>Adds elements start … start+length-1 to the sums that they belong to.</summary>
    private static void Accumulate(T* x, int start, int length, in LoopFold fold, double* totals)
    {
        int row = fold.Inner == 1 ? fold.Count : fold.Inner;
        int group = start / row, position = start - (group * row);
        while (length > 0)
        {
            int piece = Math.Min(row - position, length);
            if (fold.Inner == 1)
            {
                totals[group] += double.CreateTruncating(TensorPrimitives.Sum(new ReadOnlySpan<T>(x, piece)));
            }
            else
            {
                double* place = totals + ((long)(group / fold.Count) * fold.Inner) + position;
                for (int i = 0; i < piece; i++) place[i] += double.CreateTruncating(x[i]);
            }
            x += piece;
            length -= piece;
            position = 0;
            group++;
        }
    }

    private static T One(byte* at, DType dtype) => dtype switch
    {
        DType.Float32 => T.CreateTruncating(*(float*)at),
        DType.Float64 => T.CreateTruncating(*(double*)at),
        DType.Int64 => T.CreateTruncating(*(long*)at),
        DType.Int32 => T.CreateTruncating(*(int*)at),
        DType.Bool => *at != 0 ? T.One : T.Zero,
        _ => T.CreateTruncating(*at),
    };

    private static byte* Scratch(int bytes)
    {
        const int Alignment = 64;
        if (scratch is null || scratch.Length < bytes + (2 * Alignment))
            scratch = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, 1 << 14) + (2 * Alignment), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(scratch));
        return (byte*)((address + Alignment - 1) & ~(nint)(Alignment - 1));
    }
}
