namespace Nabla.Symbolics;

/// <summary>What the values of a primitive are known to be, stated in its row.</summary>
internal enum PrimitiveRange
{
    /// <summary>Nothing is known.</summary>
    Any,

    /// <summary>Zero, positive and negative where the argument is.</summary>
    KeepsSign,

    /// <summary>A whole number; not below or above 0 where the argument is not.</summary>
    Rounds,

    /// <summary>-1, 0 or 1.</summary>
    Sign,

    /// <summary>Not negative, zero and whole where the argument is.</summary>
    Magnitude,

    /// <summary>Not negative.</summary>
    NonNegative,

    /// <summary>Above 0 everywhere.</summary>
    Positive,

    /// <summary>Above 0 where the first argument is.</summary>
    PositiveAbove0,

    /// <summary>Above 0 where the last argument is, whatever the others are.</summary>
    PositiveOfLast,
}
