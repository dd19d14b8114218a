namespace Nabla.Symbolics;

/// <summary>
/// Programs are equal if they do the same steps with the same constants. A loop over time leaves many such programs in one
/// compiled function: taken for one they share their machine code.
/// </summary>
internal sealed class SameSteps : IEqualityComparer<Program>
{
    public static SameSteps Comparer { get; } = new();

    public bool Equals(Program? x, Program? y) =>
        ReferenceEquals(x, y)
        || (x is not null && y is not null && x.InputCount == y.InputCount && x.RegisterCount == y.RegisterCount
            && x.Instructions.AsSpan().SequenceEqual(y.Instructions) && x.Outputs.AsSpan().SequenceEqual(y.Outputs) && HaveSameBits(x.Constants, y.Constants));

    public int GetHashCode(Program program)
    {
        var hash = default(HashCode);
        hash.Add(program.InputCount);
        foreach (Instruction step in program.Instructions) hash.Add(step);
        foreach (int output in program.Outputs) hash.Add(output);
        return hash.ToHashCode();
    }

    // 0 and -0 are equal numbers, but not the same constant.
    private static bool HaveSameBits(double[] a, double[] b)
    {
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++)
            if (BitConverter.DoubleToInt64Bits(a[i]) != BitConverter.DoubleToInt64Bits(b[i])) return false;
        return true;
    }
}
