using System.Collections;

namespace Nabla.Nn;

/// <summary>Modules one after the other: each takes what the one before it gives. Their names are their positions.</summary>
public sealed class Sequential : Module, IReadOnlyList<Module>
{
    private readonly Module[] steps;

    /// <summary>Makes a chain.</summary>
    /// <param name="modules">The steps, first to last.</param>
    /// <exception cref="ArgumentException">There is no step.</exception>
    public Sequential(params ReadOnlySpan<Module> modules)
    {
        if (modules.IsEmpty) throw NnErrors.EmptySequence(nameof(Sequential));
        steps = modules.ToArray();
        for (int i = 0; i < steps.Length; i++) Register($"{i}", steps[i]);
    }

    /// <summary>The number of steps.</summary>
    public int Count => steps.Length;

    /// <summary>One step.</summary>
    public Module this[int index] => steps[index];

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        foreach (Module step in steps) x = step.Forward(x);
        return x;
    }

    /// <summary>The steps, first to last.</summary>
    public IEnumerator<Module> GetEnumerator() => ((IEnumerable<Module>)steps).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
