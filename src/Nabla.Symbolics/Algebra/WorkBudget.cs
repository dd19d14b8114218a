namespace Nabla.Symbolics;

/// <summary>
/// The steps that an algorithm may still take, counted in operations on terms and never in time, so that a result is the same on every
/// machine. Who runs out gives up by exception, and the public method at the door returns its input.
/// </summary>
internal sealed class WorkBudget(long steps)
{
    private long left = steps;

    /// <summary>Steps not yet taken.</summary>
    public long Left => Math.Max(0, left);

    /// <summary>Takes steps.</summary>
    /// <exception cref="WorkBudgetException">There are none left.</exception>
    public void Spend(long count)
    {
        left -= count;
        if (left < 0) throw new WorkBudgetException();
    }

    /// <summary>A part of what is left, for an attempt that may fail; what the attempt used is charged here by <see cref="Charge"/>.</summary>
    public WorkBudget Part(long most) => new(Math.Min(most, Left));

    /// <summary>Charges what <paramref name="part"/>, of <paramref name="granted"/> steps, has used; never throws.</summary>
    public void Charge(WorkBudget part, long granted) => left -= Math.Max(0, granted - part.Left);
}

/// <summary>An algorithm ran out of steps, or met numbers too large for it.</summary>
internal sealed class WorkBudgetException : Exception
{
    public WorkBudgetException()
        : base("The work budget is used up.")
    {
    }
}
