namespace Nabla.Symbolics;

/// <summary>How a text is read as a formula.</summary>
public sealed record ParseOptions
{
    /// <summary>The longest text that is read unless <see cref="MaxLength"/> says otherwise.</summary>
    public const int DefaultMaxLength = 100_000;

    private readonly int maxLength = DefaultMaxLength;
    private readonly IReadOnlyList<Symbol> symbols = [];
    private readonly IReadOnlyList<IndexedBase> arrays = [];

    /// <summary>The default: no declared symbol.</summary>
    public static ParseOptions Default { get; } = new();

    /// <summary>
    /// Declared symbols: their names mean these symbols, with their assumptions, even where the name would otherwise be a constant or a
    /// function (<c>e</c>, <c>gamma</c>), and before a bracket they multiply: <c>x(y + 1)</c> is x times y + 1.
    /// </summary>
    public IReadOnlyList<Symbol> Symbols
    {
        get => symbols;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            symbols = value;
        }
    }

    /// <summary>Declared arrays: <c>mu[i]</c> is an element of the array mu with its shape.</summary>
    public IReadOnlyList<IndexedBase> Arrays
    {
        get => arrays;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            arrays = value;
        }
    }

    /// <summary>Whether a name that is not declared, not a constant and not a function is an error instead of a new symbol.</summary>
    public bool DeclaredSymbolsOnly { get; init; }

    /// <summary>The longest text that is read, in characters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxLength
    {
        get => maxLength;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            maxLength = value;
        }
    }
}
