using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Applies a program to every element of broadcast arrays. Scalars and tiny arrays go through the scalar executor; arrays that lie
/// as the loop wants them, and single numbers, straight to a <see cref="LoopKernel"/>; the rest through a <see cref="LoopNest"/>.
/// </summary>
internal static unsafe class ElementwiseKernel
{
    private const int TinySize = 4;
    private const int MaxPinned = 8;

    /// <summary>Up to so many elements are brought together one by one where they do not lie side by side: that is less than to set a loop up.</summary>
    private const int SmallSize = 64;

    /// <summary>From so many elements on, several threads share them.</summary>
    private const int ParallelSize = 1 << 16;

    /// <summary>The least that a thread takes.</summary>
    private const int SmallestStretch = 1 << 12;

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
        RunInto(program, inputs, dims, compute, outputs);
    }

    /// <summary>Runs a program into arrays that are there: contiguous, of the common shape, and each may be one of the inputs.</summary>
    /// <inheritdoc cref="Run"/>
    public static void RunInto(Program program, ReadOnlySpan<NdArray> inputs, int[] dims, DType compute, Span<NdArray> outputs)
    {
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
            fixed (byte* sum = target.Storage, term = x.Storage)
            {
                if (target.DType == DType.Float32) Addition<float>.Run((float*)sum + target.Offset, (float*)term + x.Offset, target.Numel);
                else Addition<double>.Run((double*)sum + target.Offset, (double*)term + x.Offset, target.Numel);
            }
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

    private readonly struct Addition<T>(T* target, T* x) : IRangeWork
        where T : unmanaged, INumber<T>
    {
        public static void Run(T* target, T* x, int count)
        {
            var work = new Addition<T>(target, x);
            if (count < ParallelSize) work.Run(0, count);
            else WorkSplit.Run(count, ParallelSize / 2, SmallestStretch, work);
        }

        /// <inheritdoc/>
        public void Run(long from, long to)
        {
            var sum = new Span<T>(target + from, (int)(to - from));
            TensorPrimitives.Add(sum, new ReadOnlySpan<T>(x + from, sum.Length), sum);
        }
    }

    private static unsafe void AddStrided(in NdArray target, in NdArray x)
    {
        fixed (byte* to = target.Storage, from = x.Storage)
        {
            if (target.DType == DType.Float32) StridedAddition.Add((float*)to + target.Offset, (float*)from + x.Offset, target.Dims, target.Strides, x.Strides);
            else StridedAddition.Add((double*)to + target.Offset, (double*)from + x.Offset, target.Dims, target.Strides, x.Strides);
        }
    }

    // ---- tiny -------------------------------------------------------------------------------------------------------

    private static void RunTiny(Program program, ReadOnlySpan<NdArray> inputs, int[] dims, int count, bool single, Span<NdArray> outputs)
    {
        Span<double> registers = stackalloc double[program.RegisterCount];
        Span<TinySteps> steps = stackalloc TinySteps[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            steps[i] = inputs[i].Dims.Length == 0 || dims.Length == 0 ? TinySteps.None : inputs[i].Numel == count && inputs[i].IsContiguous ? TinySteps.One : TinySteps.Any;
        for (int element = 0; element < count; element++)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                ref readonly NdArray input = ref inputs[i];
                int position = steps[i] == TinySteps.One ? input.Offset + element : steps[i] == TinySteps.None ? input.Offset : Position(input, dims, element);
                registers[i] = input.DType == DType.Float32 ? input.At<float>(position) : input.GetDouble(position);
            }
            ScalarExecutor.Run(program, registers, single);
            for (int i = 0; i < outputs.Length; i++) outputs[i].SetDouble(outputs[i].Offset + element, registers[program.Outputs[i]]);
        }
    }

    /// <summary>How an input of a tiny array lies: a single number, in order, or otherwise.</summary>
    private enum TinySteps : byte
    {
        None,
        One,
        Any,
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

    // ---- pinned -------------------------------------------------------------------------------------------------------------

    private static void RunPinned(Program program, ReadOnlySpan<NdArray> inputs, int[] dims, DType compute, Span<NdArray> outputs)
    {
        Storage none = outputs[0].Storage;
        Storage In(ReadOnlySpan<NdArray> arrays, int i) => i < arrays.Length ? arrays[i].Storage : none;
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
        var handles = new PinnedGCHandle<object>[inputs.Length + outputs.Length];
        byte** bases = stackalloc byte*[handles.Length];
        try
        {
            for (int i = 0; i < handles.Length; i++)
            {
                Storage storage = i < inputs.Length ? inputs[i].Storage : outputs[i - inputs.Length].Storage;
                handles[i] = storage.Pin(out nint address);
                bases[i] = (byte*)address;
            }
            Dispatch(program, inputs, bases, dims, compute, outputs, bases + inputs.Length);
        }
        finally
        {
            foreach (PinnedGCHandle<object> handle in handles)
                if (handle.IsAllocated) handle.Dispose();
        }
    }

    private static void Dispatch(Program program, ReadOnlySpan<NdArray> inputs, byte** inBases, int[] dims, DType compute, Span<NdArray> outputs, byte** outBases)
    {
        for (int i = 0; i < outputs.Length; i++) outBases[i] += (nint)outputs[i].Offset * outputs[i].DType.Size();
        bool done = compute switch
        {
            DType.Float32 => TryDirect<float>(program, inputs, inBases, DType.Float32, outputs, outBases),
            DType.Float64 => TryDirect<double>(program, inputs, inBases, DType.Float64, outputs, outBases),
            _ => TryDirect<long>(program, inputs, inBases, DType.Int64, outputs, outBases),
        };
        if (!done) RunNest(program, inputs, inBases, dims, compute, outputs, outBases);
    }

    // ---- memory as it lies --------------------------------------------------------------------------------------------------

    /// <summary>Runs if every input is contiguous, of the type of the arithmetic and of the full shape, or is one number.</summary>
    [SkipLocalsInit]
    private static bool TryDirect<T>(Program program, ReadOnlySpan<NdArray> inputs, byte** inBases, DType type, Span<NdArray> outputs, byte** outBases)
        where T : unmanaged
    {
        T* room = stackalloc T[outputs[0].Numel <= SmallSize ? inputs.Length * SmallSize : 0];
        int count = outputs[0].Numel;
        if (outputs[0].DType != type) return false;
        Span<bool> uniform = stackalloc bool[inputs.Length];
        Span<LoopSink> sinks = stackalloc LoopSink[outputs.Length];
        T* numbers = stackalloc T[inputs.Length + 1];
        byte** places = stackalloc byte*[inputs.Length + 1];
        for (int i = 0; i < inputs.Length; i++)
        {
            ref readonly NdArray input = ref inputs[i];
            uniform[i] = false;
            if (input.DType == type && input.Numel == count && input.IsContiguous)
            {
                places[i] = inBases[i] + ((nint)input.Offset * sizeof(T));
            }
            else if (IsOneNumber(input))
            {
                uniform[i] = true;
                numbers[i] = One<T>(input);
                places[i] = (byte*)(numbers + i);
            }
            else if (input.DType == type && count <= SmallSize)
            {
                places[i] = (byte*)(room + (i * SmallSize));
                Gather((T*)inBases[i], input, outputs[0].Dims, room + (i * SmallSize));
            }
            else
            {
                return false;
            }
        }
        sinks.Clear();
        LoopKernel kernel = LoopKernel.Of<T>(program, uniform, sinks);
        var work = new Stretch<T>(kernel, places, outBases, inputs.Length, outputs.Length);
        if (count < ParallelSize) work.Run(0, count);
        else WorkSplit.Run(count, Math.Max(SmallestStretch, ParallelSize / Math.Max(1, program.Instructions.Length)), SmallestStretch, work);
        return true;
    }

    // The elements of an input that broadcasts to a shape, in row-major order.
    private static void Gather<T>(T* from, in NdArray x, int[] dims, T* to)
        where T : unmanaged
    {
        int rank = dims.Length, shift = rank - x.Rank, inner = dims[rank - 1];
        int* index = stackalloc int[rank], steps = stackalloc int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            index[axis] = 0;
            steps[axis] = axis < shift || x.Dims[axis - shift] == 1 ? 0 : x.Strides[axis - shift];
        }
        from += x.Offset;
        while (true)
        {
            for (int j = 0; j < inner; j++) to[j] = from[j * steps[rank - 1]];
            to += inner;
            int axis = rank - 2;
            for (; axis >= 0; axis--)
            {
                from += steps[axis];
                if (++index[axis] < dims[axis]) break;
                from -= dims[axis] * steps[axis];
                index[axis] = 0;
            }
            if (axis < 0) return;
        }
    }

    /// <summary>A stretch of arrays that lie one element beside the other.</summary>
    private readonly struct Stretch<T>(LoopKernel kernel, byte** inputs, byte** outputs, int inputCount, int outputCount) : IRangeWork
        where T : unmanaged
    {
        /// <inheritdoc/>
        public void Run(long from, long to)
        {
            byte** inputPlaces = stackalloc byte*[inputCount + 1];
            byte** outputPlaces = stackalloc byte*[outputCount + 1];
            nint* steps = stackalloc nint[Math.Max(inputCount, outputCount) + 1];
            for (int i = 0; i < inputCount; i++) inputPlaces[i] = inputs[i] + (kernel.IsUniform(i) ? 0 : from * sizeof(T));
            for (int i = 0; i < outputCount; i++) outputPlaces[i] = outputs[i] + (from * sizeof(T));
            new Span<nint>(steps, Math.Max(inputCount, outputCount) + 1).Clear();
            var call = new LoopCall { Inputs = inputPlaces, InputSteps = steps, Outputs = outputPlaces, OutputSteps = steps, Length = (nint)(to - from), Rows = 1 };
            kernel.Run(&call);
        }
    }

    // ---- any layout ---------------------------------------------------------------------------------------------------------

    private static void RunNest(Program program, ReadOnlySpan<NdArray> inputs, byte** inBases, int[] dims, DType compute, Span<NdArray> outputs, byte** outBases)
    {
        var from = new LoopOperand[inputs.Length];
        for (int i = 0; i < from.Length; i++)
        {
            from[i] = new LoopOperand(inputs[i].DType, Widened(Broadcasting.Strides(inputs[i], dims)));
            inBases[i] += (nint)inputs[i].Offset * inputs[i].DType.Size();
        }
        var to = new LoopResult[outputs.Length];
        for (int i = 0; i < to.Length; i++) to[i] = new LoopResult(outputs[i].DType, Widened(outputs[i].Strides));
        LoopNest.Of(program, compute, dims, from, to).Run(inBases, outBases);
    }

    private static nint[] Widened(int[] strides)
    {
        var wide = new nint[strides.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = strides[i];
        return wide;
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
}
