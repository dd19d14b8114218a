namespace Nabla.Symbolics;

/// <summary>
/// The memory of a loop over rows: for each input and output the address of the first row, and the bytes from row to row. Within a
/// row elements stand side by side; an input that is one number for the whole row is one element.
/// </summary>
internal unsafe struct LoopCall
{
    public byte** Inputs;
    public nint* InputSteps;
    public byte** Outputs;
    public nint* OutputSteps;

    /// <summary>The elements of a row.</summary>
    public nint Length;

    public nint Rows;
}

/// <summary>A loop as machine code.</summary>
internal unsafe delegate void LoopRoutine(LoopCall* call);
