using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>What is done with the memory of arrays while it is held in place.</summary>
internal unsafe interface IPinnedWork
{
    /// <summary>Does the work.</summary>
    /// <param name="inputs">The addresses of the first elements of the inputs.</param>
    /// <param name="outputs">The addresses of the first elements of the outputs.</param>
    void Run(byte** inputs, byte** outputs);
}

/// <summary>Holds the memory of arrays in place during a call; of few arrays without a handle for each.</summary>
internal static unsafe class PinnedArrays
{
    private const int Few = 8;

    private static readonly Storage None = Storage.Of([]);

    public static void Run<TWork>(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, TWork work)
        where TWork : IPinnedWork
    {
        if (inputs.Length <= 2 && outputs.Length <= 2) RunTwo(inputs, outputs, work);
        else if (inputs.Length <= Few && outputs.Length <= Few) RunFew(inputs, outputs, work);
        else RunMany(inputs, outputs, work);
    }

    private static void RunTwo<TWork>(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, TWork work)
        where TWork : IPinnedWork
    {
        byte** pointers = stackalloc byte*[4];
        fixed (byte* i0 = Memory(inputs, 0), i1 = Memory(inputs, 1), o0 = Memory(outputs, 0), o1 = Memory(outputs, 1))
        {
            pointers[0] = i0;
            pointers[1] = i1;
            pointers[2] = o0;
            pointers[3] = o1;
            Skip(inputs, pointers);
            Skip(outputs, pointers + 2);
            work.Run(pointers, pointers + 2);
        }
    }

    private static void RunFew<TWork>(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, TWork work)
        where TWork : IPinnedWork
    {
        byte** pointers = stackalloc byte*[2 * Few];
        fixed (byte* i0 = Memory(inputs, 0), i1 = Memory(inputs, 1), i2 = Memory(inputs, 2), i3 = Memory(inputs, 3),
            i4 = Memory(inputs, 4), i5 = Memory(inputs, 5), i6 = Memory(inputs, 6), i7 = Memory(inputs, 7),
            o0 = Memory(outputs, 0), o1 = Memory(outputs, 1), o2 = Memory(outputs, 2), o3 = Memory(outputs, 3),
            o4 = Memory(outputs, 4), o5 = Memory(outputs, 5), o6 = Memory(outputs, 6), o7 = Memory(outputs, 7))
        {
            pointers[0] = i0; pointers[1] = i1; pointers[2] = i2; pointers[3] = i3;
            pointers[4] = i4; pointers[5] = i5; pointers[6] = i6; pointers[7] = i7;
            pointers[8] = o0; pointers[9] = o1; pointers[10] = o2; pointers[11] = o3;
            pointers[12] = o4; pointers[13] = o5; pointers[14] = o6; pointers[15] = o7;
            Skip(inputs, pointers);
            Skip(outputs, pointers + Few);
            work.Run(pointers, pointers + Few);
        }
    }

    private static void RunMany<TWork>(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, TWork work)
        where TWork : IPinnedWork
    {
        int count = inputs.Length + outputs.Length;
        var handles = new PinnedGCHandle<object>[count];
        var addresses = new nint[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                handles[i] = Memory(i < inputs.Length ? inputs : outputs, i < inputs.Length ? i : i - inputs.Length).Pin(out addresses[i]);
            }
            fixed (nint* first = addresses)
            {
                byte** pointers = (byte**)first;
                Skip(inputs, pointers);
                Skip(outputs, pointers + inputs.Length);
                work.Run(pointers, pointers + inputs.Length);
            }
        }
        finally
        {
            foreach (PinnedGCHandle<object> handle in handles)
                if (handle.IsAllocated) handle.Dispose();
        }
    }

    private static Storage Memory(ReadOnlySpan<Tensor> arrays, int index) => index < arrays.Length ? arrays[index].Value.Storage : None;

    private static void Skip(ReadOnlySpan<Tensor> arrays, byte** pointers)
    {
        for (int i = 0; i < arrays.Length; i++)
        {
            ref readonly NdArray array = ref arrays[i].Value;
            if (array.Offset != 0) pointers[i] += (nint)array.Offset * array.DType.Size();
        }
    }
}
