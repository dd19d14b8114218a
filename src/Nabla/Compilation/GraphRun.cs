using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>The memory of one run of a program, used again by the next.</summary>
internal sealed unsafe class GraphRun
{
    /// <summary>Up to so many bytes copying an argument or result is cheaper than holding it where it is.</summary>
    private const int SmallBytes = 1024;

    private readonly GraphProgram program;
    private readonly Storage[] slots;
    private readonly ValuePlace[] passed;
    private readonly bool[] isCopied;
    private readonly NdArray[] arrays;
    private readonly nint[] addresses;
    private readonly PinnedGCHandle<object>[] pinned;
    private readonly Tensor[]?[] handles;

    public GraphRun(GraphProgram program)
    {
        this.program = program;
        slots = Array.ConvertAll(program.SlotBytes, bytes => Storage.Of(GC.AllocateUninitializedArray<byte>(bytes, pinned: true)));
        arrays = new NdArray[program.Places.Length];
        addresses = new nint[arrays.Length];
        pinned = new PinnedGCHandle<object>[arrays.Length];
        handles = new Tensor[]?[arrays.Length];
        isCopied = new bool[arrays.Length];
        passed = Array.FindAll(program.Places.ToArray(), place => place.Kind <= PlaceKind.Output);
        foreach (ValuePlace place in program.Places)
        {
            if (place.Kind == PlaceKind.Slot) Set(place, slots[place.Where]);
            if (place.Kind <= PlaceKind.Output && place.IsAddressed && place.Bytes <= SmallBytes)
            {
                isCopied[place.Index] = true;
                Set(place, Storage.Of(GC.AllocateUninitializedArray<byte>(Math.Max(place.Bytes, 1), pinned: true)));
            }
            if (place.Kind == PlaceKind.Constant && place.Value.Constant is { } constant)
            {
                arrays[place.Index] = constant;
                if (place.IsAddressed) Pin(place);
            }
        }
    }

    ~GraphRun()
    {
        foreach (PinnedGCHandle<object> handle in pinned)
            if (handle.IsAllocated) handle.Dispose();
    }

    /// <summary>The memory that operations' own kernels take.</summary>
    public KeptStorages Kept { get; } = new();

    public void Bind(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        foreach (ValuePlace place in passed)
        {
            ref readonly NdArray given = ref place.Kind == PlaceKind.Input ? ref inputs[place.Where].Value : ref outputs[place.Where].Value;
            if (isCopied[place.Index])
            {
                if (place.Kind == PlaceKind.Input) Bytes(given, place.Bytes).CopyTo(arrays[place.Index].Storage.Bytes);
                continue;
            }
            arrays[place.Index] = given;
            if (place.IsAddressed) Pin(place);
        }
    }

    /// <summary>Hands over the results that were computed in memory of the run.</summary>
    public void Deliver(ReadOnlySpan<Tensor> outputs)
    {
        foreach (ValuePlace place in passed)
            if (place.Kind == PlaceKind.Output && isCopied[place.Index]) arrays[place.Index].Storage.Bytes[..place.Bytes].CopyTo(Bytes(outputs[place.Where].Value, place.Bytes));
    }

    public void Unbind()
    {
        foreach (ValuePlace place in passed)
        {
            if (isCopied[place.Index]) continue;
            Unpin(place);
            arrays[place.Index] = default;
        }
        Kept.TakeBack();
    }

    /// <summary>The address of the first element of a value.</summary>
    public byte* Address(ValuePlace place) => (byte*)addresses[place.Index];

    /// <summary>A value as an operation reads it.</summary>
    public NdArray View(ValuePlace place, in RecordedOperand operand)
    {
        ref readonly NdArray array = ref arrays[place.Index];
        int offset = array.DType == operand.DType ? array.Offset : array.Offset * array.DType.Size() / operand.DType.Size();
        return new NdArray(array.Storage, operand.Dims, operand.Strides, offset + operand.Offset, operand.DType);
    }

    /// <summary>All of a value.</summary>
    public NdArray Whole(ValuePlace place) => View(place, RecordedOperand.Of(place.Value));

    /// <summary>Puts a value into memory that an operation's kernel has written.</summary>
    public void Set(ValuePlace place, Storage storage)
    {
        arrays[place.Index] = new NdArray(storage, place.Value.Dims, NdArray.ContiguousStrides(place.Value.Dims), 0, place.Value.DType);
        if (place.Kind <= PlaceKind.Slot || Kept.IsPinned(storage))
            addresses[place.Index] = (nint)Unsafe.AsPointer(ref storage.Reference());
        else if (place.IsAddressed)
            Pin(place);
    }

    /// <summary>Lets go of a value that an operation's kernel has written.</summary>
    public void Free(ValuePlace place)
    {
        Unpin(place);
        Kept.Return(arrays[place.Index].Storage);
        arrays[place.Index] = default;
    }

    /// <summary>Tensors through which an operation's kernel reads its inputs; made once.</summary>
    public Tensor[] Handles(ValuePlace of, int count)
    {
        if (handles[of.Index] is { } known) return known;
        var made = new Tensor[count];
        for (int i = 0; i < count; i++) made[i] = new Tensor(default);
        return handles[of.Index] = made;
    }

    /// <summary>Lets the operation that runs next write a value where it belongs.</summary>
    public void Offer(ValuePlace place)
    {
        ref readonly NdArray array = ref arrays[place.Index];
        Kept.Offer(array.Offset == 0 ? array.Storage : null, place.Bytes);
    }

    private static Span<byte> Bytes(in NdArray array, int count) => array.Storage.Bytes.Slice(array.Offset * array.DType.Size(), count);

    private void Unpin(ValuePlace place)
    {
        if (!pinned[place.Index].IsAllocated) return;
        pinned[place.Index].Dispose();
        pinned[place.Index] = default;
    }

    private void Pin(ValuePlace place)
    {
        Unpin(place);
        ref readonly NdArray array = ref arrays[place.Index];
        pinned[place.Index] = array.Storage.Pin(out nint address);
        addresses[place.Index] = address + ((nint)array.Offset * array.DType.Size());
    }
}

/// <summary>Storages that stay with a program: what its kernels take at one run, they get again at the next.</summary>
internal sealed class KeptStorages : AllocationScope
{
    private readonly Dictionary<int, Stack<Storage>> free = [];
    private readonly HashSet<Storage> owned = [];
    private readonly List<Storage> taken = [];
    private Storage? offered;
    private int offeredBytes;

    public override Storage? Rent(int bytes)
    {
        if (offered is { } target && bytes == offeredBytes)
        {
            offered = null;
            return target;
        }
        int size = Math.Max(64, (bytes + 63) & ~63);
        if (!free.TryGetValue(size, out Stack<Storage>? stack)) free[size] = stack = new Stack<Storage>();
        if (!stack.TryPop(out Storage? storage))
        {
            storage = Storage.Of(GC.AllocateUninitializedArray<byte>(size, pinned: true));
            owned.Add(storage);
        }
        taken.Add(storage);
        return storage;
    }

    public override void Made(Storage storage) { }

    /// <summary>The memory for the next that asks for so many bytes: most likely an operation for its result.</summary>
    public void Offer(Storage? storage, int bytes) => (offered, offeredBytes) = (storage, bytes);

    public bool IsPinned(Storage storage) => owned.Contains(storage);

    /// <summary>How much has been taken; what is taken after that is given back by <see cref="TakeBack(int, ReadOnlySpan{Storage})"/>.</summary>
    public int Mark => taken.Count;

    /// <summary>Takes back what was taken since a mark, except what holds results.</summary>
    public void TakeBack(int mark, ReadOnlySpan<Storage> results)
    {
        for (int i = taken.Count - 1; i >= mark; i--)
        {
            if (results.Contains(taken[i])) continue;
            Push(taken[i]);
            taken.RemoveAt(i);
        }
    }

    /// <summary>Takes back a storage that held a result.</summary>
    public void Return(Storage storage)
    {
        if (taken.Remove(storage)) Push(storage);
    }

    /// <summary>Takes back everything.</summary>
    public void TakeBack()
    {
        foreach (Storage storage in taken) Push(storage);
        taken.Clear();
    }

    private void Push(Storage storage) => free[storage.Bytes.Length].Push(storage);
}
