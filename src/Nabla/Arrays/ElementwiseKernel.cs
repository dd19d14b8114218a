using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Applies a program to every element of broadcast arrays. Scalars and tiny arrays go through the scalar executor; the rest
/// in tiles. An input that already lies as the tile wants it is read where it is; others are gathered (strides, conversion)
/// or, when they are one number, spread over a tile once.
/// </summary>
internal static unsafe class ElementwiseKernel
{
    private const int TinySize = 4;
    private const int MaxPinned = 8;
    private const int LongTile = 1 << 14;
    private const int TilesInCache = 4;

    [ThreadStatic]
    private static byte[]? scratch;

    /// <summary>Runs a program; allocates and fills the outputs.</summary>
    /// <param name="program">What to compute.</param>
    /// <param name="inputs">The inputs, of any type and strides; their shapes broadcast to <paramref name="dims"/>.</param>
    /// <param name="dims">The common shape.</param>
    /// <param name="compute">The type of the arithmetic: float32, float64, or int64 for whole numbers.</param>
    /// <param name="result">The type of the outputs.</param>
    /// <param name="outputs">Receives the outputs, contiguous.</param>
    public static void Run(Program program, ReadOnlySpan<NdArray> inputs, int[] dims, DType compute, DType result, Span<NdArray> outputs)
    {
        for (int i = 0; i < outputs.Length; i++) outputs[i] = NdArray.Allocate(dims, result);
        int count = outputs[0].Numel;
        if (count == 0) return;
        if (count <= TinySize && compute != DType.Int64 && program.RegisterCount <= 64)
        {
            RunTiny(program, inputs, dims, count, compute == DType.Float32, outputs);
            return;
        }
        if (inputs.Length > MaxPinned || outputs.Length > 4) RunWithHandles(program, inputs, dims, compute, outputs);
        else RunPinned(program, inputs, dims, compute, outputs);
    }

    /// <summary>Adds an array to another of the same shape and type, in the other's memory.</summary>
    public static void AddInto(in NdArray target, in NdArray x)
    {
        if (target.DType.IsComplex())
        {
            AddInto(target.AsParts(), x.AsParts());
            return;
        }
        if (target.Dims.Length == 0 && target.DType == DType.Float32)
        {
            target.At<float>(target.Offset) += x.At<float>(x.Offset);
            return;
        }
        if (target.IsContiguous && x.IsContiguous && target.DType is DType.Float32 or DType.Float64)
        {
            if (target.DType == DType.Float32) TensorPrimitives.Add(target.Span<float>(), x.Span<float>(), target.Span<float>());
            else TensorPrimitives.Add(target.Span<double>(), x.Span<double>(), target.Span<double>());
            return;
        }
        if (target.DType is DType.Float32 or DType.Float64)
        {
            AddStrided(target, x);
            return;
        }
        var step = new Odometer(target);
        var from = new Odometer(x);
        for (int i = target.Numel; i > 0; i--, step.Advance(), from.Advance())
            target.SetDouble(step.Position, target.GetDouble(step.Position) + x.GetDouble(from.Position));
    }

    private static unsafe void AddStrided(in NdArray target, in NdArray x)
    {
        fixed (byte* to = target.Storage.Bytes, from = x.Storage.Bytes)
        {
            if (target.DType == DType.Float32) StridedAddition.Add((float*)to + target.Offset, (float*)from + x.Offset, target.Dims, target.Strides, x.Strides);
            else StridedAddition.Add((double*)to + target.Offset, (double*)from + x.Offset, target.Dims, target.Strides, x.Strides);
        }
    }

    // ---- tiny -------------------------------------------------------------------------------------------------------

    private static void RunTiny(Program program, ReadOnlySpan<NdArray> inputs, int[] dims, int count, bool single, Span<NdArray> outputs)
    {
        Span<double> registers = stackalloc double[program.RegisterCount];
        for (int element = 0; element < count; element++)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                ref readonly NdArray input = ref inputs[i];
                int position = input.Dims.Length == 0 || dims.Length == 0 ? input.Offset : Position(input, dims, element);
                registers[i] = input.DType == DType.Float32 ? input.At<float>(position) : input.GetDouble(position);
            }
            ScalarExecutor.Run(program, registers, single);
            for (int i = 0; i < outputs.Length; i++) outputs[i].SetDouble(element, registers[program.Outputs[i]]);
        }
    }

    private static int Position(in NdArray x, int[] dims, int element)
    {
        int position = x.Offset;
        int shift = dims.Length - x.Dims.Length;
        for (int axis = dims.Length - 1; axis >= shift; axis--)
        {
            int index = element % dims[axis];
            element /= dims[axis];
            if (x.Dims[axis - shift] != 1) position += index * x.Strides[axis - shift];
        }
        return position;
    }

    // ---- tiles ------------------------------------------------------------------------------------------------------

    private static void RunPinned(Program program, ReadOnlySpan<NdArray> inputs, int[] dims, DType compute, Span<NdArray> outputs)
    {
        byte[] none = [];
        byte[] In(ReadOnlySpan<NdArray> arrays, int i) => i < arrays.Length ? arrays[i].Storage.Bytes : none;
        byte** bases = stackalloc byte*[MaxPinned + 4];
        fixed (byte* i0 = In(inputs, 0), i1 = In(inputs, 1), i2 = In(inputs, 2), i3 = In(inputs, 3),
            i4 = In(inputs, 4), i5 = In(inputs, 5), i6 = In(inputs, 6), i7 = In(inputs, 7),
            o0 = In(outputs, 0), o1 = In(outputs, 1), o2 = In(outputs, 2), o3 = In(outputs, 3))
        {
            bases[0] = i0; bases[1] = i1; bases[2] = i2; bases[3] = i3;
            bases[4] = i4; bases[5] = i5; bases[6] = i6; bases[7] = i7;
            bases[8] = o0; bases[9] = o1; bases[10] = o2; bases[11] = o3;
            Dispatch(program, inputs, bases, dims, compute, outputs, bases + MaxPinned);
        }
    }

    private static void RunWithHandles(Program program, ReadOnlySpan<NdArray> inputs, int[] dims, DType compute, Span<NdArray> outputs)
    {
        var handles = new GCHandle[inputs.Length + outputs.Length];
        byte** bases = stackalloc byte*[handles.Length];
        try
        {
            for (int i = 0; i < handles.Length; i++)
            {
                byte[] bytes = i < inputs.Length ? inputs[i].Storage.Bytes : outputs[i - inputs.Length].Storage.Bytes;
                handles[i] = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                bases[i] = (byte*)handles[i].AddrOfPinnedObject();
            }
            Dispatch(program, inputs, bases, dims, compute, outputs, bases + inputs.Length);
        }
        finally
        {
            foreach (GCHandle handle in handles)
                if (handle.IsAllocated) handle.Free();
        }
    }

    private static void Dispatch(Program program, ReadOnlySpan<NdArray> inputs, byte** inBases, int[] dims, DType compute, Span<NdArray> outputs, byte** outBases)
    {
        if (compute == DType.Float32) Tiles<float>(program, inputs, inBases, dims, DType.Float32, outputs, outBases);
        else if (compute == DType.Float64) Tiles<double>(program, inputs, inBases, dims, DType.Float64, outputs, outBases);
        else Tiles<long>(program, inputs, inBases, dims, DType.Int64, outputs, outBases);
    }

    private static void Tiles<T>(Program program, ReadOnlySpan<NdArray> inputs, byte** inBases, int[] dims, DType type, Span<NdArray> outputs, byte** outBases)
        where T : unmanaged
    {
        int count = outputs[0].Numel;
        int inputCount = inputs.Length;
        int slots = program.RegisterCount;
        T** registers = stackalloc T*[slots];
        T** direct = stackalloc T*[inputCount + 1];
        var gathers = new StridedReader?[inputCount];
        int buffered = program.RegisterCount - program.FirstTemporary - outputs.Length + program.Constants.Length;

        for (int i = 0; i < inputCount; i++)
        {
            ref readonly NdArray input = ref inputs[i];
            direct[i] = null;
            if (input.DType == type && input.Numel == count && input.IsContiguous) direct[i] = (T*)inBases[i] + input.Offset;
            else
            {
                buffered++;
                if (!IsOneNumber(input)) gathers[i] = new StridedReader(input, dims);
            }
        }
        bool directOutputs = true;
        for (int i = 0; i < outputs.Length; i++)
        {
            int register = program.Outputs[i];
            bool unique = register >= program.FirstTemporary;
            for (int j = 0; j < i; j++) unique &= program.Outputs[j] != register;
            directOutputs &= unique && outputs[i].DType == type;
        }
        if (!directOutputs) buffered += outputs.Length;

        // Few buffers may be longer and still stay together in the first-level cache.
        int tile = Math.Min(count, buffered <= 0 ? LongTile : TileExecutor.TileSize * Math.Clamp(TilesInCache * sizeof(float) / sizeof(T) / buffered, 1, 4));
        T* buffer = (T*)Scratch(buffered > 0 ? slots * tile * sizeof(T) : 0);
        for (int r = 0; r < slots; r++) registers[r] = buffered > 0 ? buffer + (r * tile) : null;
        TileExecutor.FillConstants(program, registers, tile);
        for (int i = 0; i < inputCount; i++)
            if (direct[i] is null && gathers[i] is null) new Span<T>(registers[i], tile).Fill(One<T>(inputs[i]));

        for (int start = 0; start < count; start += tile)
        {
            int length = Math.Min(tile, count - start);
            for (int i = 0; i < inputCount; i++)
            {
                if (direct[i] is not null) registers[i] = direct[i] + start;
                else gathers[i]?.Read(inBases[i], start, length, registers[i]);
            }
            if (directOutputs)
                for (int i = 0; i < outputs.Length; i++) registers[program.Outputs[i]] = (T*)outBases[i] + start;
            TileExecutor.Run(program, registers, length);
            if (directOutputs) continue;
            for (int i = 0; i < outputs.Length; i++) Store(registers[program.Outputs[i]], outputs[i].DType, outBases[i], start, length);
        }
    }

    /// <summary>Whether all elements are the same place in memory: a scalar, however it was expanded.</summary>
    private static bool IsOneNumber(in NdArray x)
    {
        for (int axis = 0; axis < x.Dims.Length; axis++)
            if (x.Dims[axis] != 1 && x.Strides[axis] != 0) return false;
        return true;
    }

    private static T One<T>(in NdArray x)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? (T)(object)(float)x.GetDouble(x.Offset)
        : typeof(T) == typeof(double) ? (T)(object)x.GetDouble(x.Offset)
        : (T)(object)x.GetInt64(x.Offset);

    internal static void Store<T>(T* source, DType type, byte* target, int start, int length)
        where T : unmanaged
    {
        switch (type)
        {
            case DType.Float32: Convert((float*)target + start); break;
            case DType.Float64: Convert((double*)target + start); break;
            case DType.Int64: Convert((long*)target + start); break;
            case DType.Int32: Convert((int*)target + start); break;
            case DType.UInt8: Convert(target + start); break;
            default: TruthValues.Narrow(source, target + start, length); break;
        }

        void Convert<TTarget>(TTarget* to)
            where TTarget : unmanaged
        {
            for (int i = 0; i < length; i++) to[i] = Cast.To<T, TTarget>(source[i]);
        }
    }

    private static byte* Scratch(int bytes)
    {
        const int Alignment = 64;
        if (scratch is null || scratch.Length < bytes + Alignment)
            scratch = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, 1 << 15) + Alignment, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(scratch));
        return (byte*)((address + Alignment - 1) & ~(nint)(Alignment - 1));
    }
}
