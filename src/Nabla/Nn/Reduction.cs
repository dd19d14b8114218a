namespace Nabla.Nn;

/// <summary>What a loss makes of its elements.</summary>
public enum Reduction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their sum divided by the length of the first axis.</summary>
    BatchMean,

    /// <summary>Nothing: one number for each.</summary>
    None,
}
