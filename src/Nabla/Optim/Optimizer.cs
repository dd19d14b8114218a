namespace Nabla.Optim;

/// <summary>Changes parameters so that a loss falls, from the gradients that backward left in them.</summary>
/// <remarks>One step is: <c>optimizer.ZeroGrad(); loss.Backward(); optimizer.Step();</c></remarks>
public abstract class Optimizer
{
    private const string StepKey = "step";
    private readonly Dictionary<Tensor, ParameterState> states = new(ReferenceEqualityComparer.Instance);

    /// <summary>Checks and keeps the groups.</summary>
    /// <exception cref="ArgumentException">No parameters, or one of them twice.</exception>
    /// <exception cref="AutogradException">A parameter is no leaf, or does not require a gradient.</exception>
    protected Optimizer(params ReadOnlySpan<ParameterGroup> groups)
    {
        Groups = groups.ToArray();
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (ParameterGroup group in Groups)
        {
            foreach (Tensor parameter in group.Parameters)
            {
                if (!parameter.IsLeaf || !parameter.RequiresGrad) throw OptimErrors.NotTrainable(Name, seen.Count, parameter);
                if (!seen.Add(parameter)) throw OptimErrors.Twice(Name, seen.Count, parameter);
            }
        }
        if (seen.Count == 0) throw OptimErrors.NoParameters(Name);
    }

    /// <summary>The groups of parameters, each with its options.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    private string Name => GetType().Name;

    /// <summary>Whether an update keeps nothing of the gradient, so that its memory can be lent again.</summary>
    private protected virtual bool LetsGo => false;

    /// <summary>Changes one parameter in place. Called without recording.</summary>
    /// <param name="parameter">What is to be changed.</param>
    /// <param name="gradient">Its gradient, of the same shape and dtype.</param>
    /// <param name="state">What is remembered of it.</param>
    /// <param name="options">The options of its group.</param>
    protected abstract void Update(Tensor parameter, Tensor gradient, ParameterState state, OptimizerOptions options);

    /// <summary>One step for all parameters that have a gradient.</summary>
    public void Step()
    {
        using IDisposable scope = Autograd.NoGrad();
        foreach (ParameterGroup group in Groups)
        {
            for (int i = 0; i < group.Parameters.Count; i++)
            {
                Tensor parameter = group.Parameters[i];
                if ((LetsGo ? parameter.Gradient : parameter.Grad) is not { } gradient) continue;
                if (!states.TryGetValue(parameter, out ParameterState? state)) states[parameter] = state = new ParameterState();
                state.Step++;
                Update(parameter, gradient.Detach(), state, group.Options);
            }
        }
    }

    /// <summary>Forgets the gradients of all parameters.</summary>
    /// <param name="setToNull">Set them to null; otherwise to zeros where they exist.</param>
    public void ZeroGrad(bool setToNull = true)
    {
        foreach (ParameterGroup group in Groups)
        {
            foreach (Tensor parameter in group.Parameters)
            {
                if (setToNull) parameter.Grad = null;
                else if (parameter.Grad is { } gradient) parameter.Grad = Tensor.ZerosLike(gradient);
            }
        }
    }

    // ---- state ------------------------------------------------------------------------------------------------------

    /// <summary>Copies of what is remembered, by the number of the parameter and a name: <c>0.step</c>, <c>0.momentum</c>. Options are not part of it.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var all = new Dictionary<string, Tensor>();
        int number = 0;
        foreach (Tensor parameter in Groups.SelectMany(group => group.Parameters))
        {
            if (states.TryGetValue(parameter, out ParameterState? state))
            {
                all[$"{number}.{StepKey}"] = Tensor.Full([], state.Step, DType.Int64);
                foreach ((string name, Tensor value) in state.Slots) all[$"{number}.{name}"] = value.Clone();
            }
            number++;
        }
        return all;
    }

    /// <summary>Goes on where an optimiser of the same kind for the same parameters stopped. All or nothing.</summary>
    /// <param name="state">What <see cref="StateDict"/> gave.</param>
    /// <exception cref="ArgumentException">A name does not fit.</exception>
    /// <exception cref="ShapeException">A tensor has not the shape of its parameter.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Tensor[] parameters = [.. Groups.SelectMany(group => group.Parameters)];
        var loaded = new Dictionary<Tensor, ParameterState>(ReferenceEqualityComparer.Instance);
        foreach ((string key, Tensor value) in state)
        {
            int point = key.IndexOf('.', StringComparison.Ordinal);
            if (point < 0 || !int.TryParse(key.AsSpan(0, point), out int number) || number < 0 || number >= parameters.Length)
                throw OptimErrors.StateKey(Name, key);
            Tensor parameter = parameters[number];
            if (!loaded.TryGetValue(parameter, out ParameterState? entry)) loaded[parameter] = entry = new ParameterState();
            string name = key[(point + 1)..];
            if (name == StepKey) entry.Step = value.Item<long>();
            else if (value.Shape != parameter.Shape) throw OptimErrors.StateShape(Name, key, value, parameter);
            else entry.Load(name, value.Detach().To(parameter.DType).Clone());
        }
        states.Clear();
        foreach ((Tensor parameter, ParameterState entry) in loaded) states[parameter] = entry;
    }

    /// <summary>The options of a group, as the optimiser's own kind.</summary>
    private protected TOptions Require<TOptions>(OptimizerOptions options)
        where TOptions : OptimizerOptions =>
        options as TOptions ?? throw OptimErrors.WrongOptions(Name, options, typeof(TOptions).Name);
}
