namespace Nabla.Symbolics;

/// <summary>A way to make one number of many.</summary>
internal enum LoopFold : byte
{
    Sum,
    Product,

    /// <summary>The largest; NaN if there is one.</summary>
    Max,

    /// <summary>The smallest; NaN if there is one.</summary>
    Min,
}

/// <summary>What becomes of the values of an output in the rows of a loop.</summary>
internal enum LoopSinkKind : byte
{
    /// <summary>They are stored, one beside the other.</summary>
    Store,

    /// <summary>
    /// They are folded along the row into <see cref="LoopFolds.Lanes{T}"/> numbers, element i into number i modulo that count, from the
    /// fold's neutral number on. <see cref="LoopFolds.Join{T}"/> makes one number of them.
    /// </summary>
    Row,

    /// <summary>They are folded into what is there, element by element: over rows, if the pointer does not move from row to row.</summary>
    Column,
}

/// <summary>The kind of sink, and how it folds.</summary>
internal readonly record struct LoopSink(LoopSinkKind Kind, LoopFold Fold)
{
    public static LoopSink Store => default;

    public static LoopSink Row(LoopFold fold) => new(LoopSinkKind.Row, fold);

    public static LoopSink Column(LoopFold fold) => new(LoopSinkKind.Column, fold);
}
