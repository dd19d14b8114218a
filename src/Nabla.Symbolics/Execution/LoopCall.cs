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

    /// <summary>Not 0: folds along rows go on from the partial results that are there, since the rows are the next part of longer ones.</summary>
    public nint Continues;
}

/// <summary>A loop as machine code.</summary>
internal unsafe delegate void LoopRoutine(LoopCall* call);
