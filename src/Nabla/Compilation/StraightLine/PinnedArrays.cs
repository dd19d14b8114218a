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

    private static readonly byte[] None = [];

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
        fixed (byte* i0 = Bytes(inputs, 0), i1 = Bytes(inputs, 1), o0 = Bytes(outputs, 0), o1 = Bytes(outputs, 1))
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
        fixed (byte* i0 = Bytes(inputs, 0), i1 = Bytes(inputs, 1), i2 = Bytes(inputs, 2), i3 = Bytes(inputs, 3),
            i4 = Bytes(inputs, 4), i5 = Bytes(inputs, 5), i6 = Bytes(inputs, 6), i7 = Bytes(inputs, 7),
            o0 = Bytes(outputs, 0), o1 = Bytes(outputs, 1), o2 = Bytes(outputs, 2), o3 = Bytes(outputs, 3),
            o4 = Bytes(outputs, 4), o5 = Bytes(outputs, 5), o6 = Bytes(outputs, 6), o7 = Bytes(outputs, 7))
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
        var handles = new GCHandle[count];
        var addresses = new nint[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                handles[i] = GCHandle.Alloc(Bytes(i < inputs.Length ? inputs : outputs, i < inputs.Length ? i : i - inputs.Length), GCHandleType.Pinned);
                addresses[i] = handles[i].AddrOfPinnedObject();
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
            foreach (GCHandle handle in handles)
                if (handle.IsAllocated) handle.Free();
        }
    }

    private static byte[] Bytes(ReadOnlySpan<Tensor> arrays, int index) => index < arrays.Length ? arrays[index].Value.Storage.Bytes : None;

    private static void Skip(ReadOnlySpan<Tensor> arrays, byte** pointers)
    {
        for (int i = 0; i < arrays.Length; i++)
        {
            ref readonly NdArray array = ref arrays[i].Value;
            if (array.Offset != 0) pointers[i] += (nint)array.Offset * array.DType.Size();
        }
    }
}
