namespace Nabla.Symbolics;

/// <summary>Which sub-expressions get a name of their own when a formula is written in shared parts.</summary>
public sealed record SharedPartsOptions
{
    private readonly int minimumUses = 2;
    private readonly int minimumSize = 5;
    private readonly int maximumSize = 80;

    /// <summary>
    /// Named is what is used twice and has five nodes or more, such as x - mu, and functions used three times, such as exp(-q/2); what is
    /// longer than a line or two is split.
    /// </summary>
    public static SharedPartsOptions Default { get; } = new();

    /// <summary>How often a sub-expression must occur to be named; at least 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int MinimumUses
    {
        get => minimumUses;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            minimumUses = value;
        }
    }

    /// <summary>
    /// The number of nodes, those of named parts not counted, from which on a sub-expression is named; at least 2. Functions that occur more
    /// often than <see cref="MinimumUses"/> are named from three nodes on.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int MinimumSize
    {
        get => minimumSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            minimumSize = value;
        }
    }

    /// <summary>An expression with more nodes than this is split: its largest operands are named even if they occur once; at least 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 10.</exception>
    public int MaximumSize
    {
        get => maximumSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 10);
            maximumSize = value;
        }
    }

    /// <summary>The beginning of the names: with "t", the names are t_1, t_2, …. Empty: single letters while there are enough of them.</summary>
    public string Prefix { get; init; } = "";
}
