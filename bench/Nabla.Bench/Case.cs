namespace Nabla.Bench;

/// <summary>One row of the table: something that Nabla and its peer both do, under the same name and with the same numbers.</summary>
/// <param name="Name">The name on both sides.</param>
/// <param name="Goal">The largest ratio of our time to the peer's that is good enough.</param>
/// <param name="Prepare">Makes the data and returns what is timed; its result is compared with the peer's.</param>
/// <param name="Operations">How many operations one run counts for: times are per operation.</param>
internal sealed record Case(string Name, double Goal, Func<Func<Tensor>> Prepare, int Operations = 1)
{
    /// <summary>Something of our own to compare with in the peer's place.</summary>
    public Func<Func<Tensor>>? Rival { get; init; }
}

/// <summary>Rows under one heading.</summary>
internal sealed record CaseGroup(string Heading, IReadOnlyList<Case> Cases);
