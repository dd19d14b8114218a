namespace Nabla.Nn;

/// <summary>
/// A function with trainable parameters, made of smaller ones. A layer derives from this class, registers its parameters and
/// children in its constructor, and computes in <see cref="Forward"/>.
/// </summary>
/// <remarks>
/// <code>
/// sealed class Residual : Module
/// {
///     private readonly Linear inner;
///     public Residual(int n) => inner = Register("inner", new Linear(n, n));
///     public override Tensor Forward(Tensor x) => x + inner.Forward(x).Tanh();
/// }
/// </code>
/// </remarks>
public abstract class Module
{
    private readonly List<Parameter> parameters = [];
    private readonly List<Parameter> buffers = [];
    private readonly List<(string Name, Module Module)> children = [];

    /// <summary>Whether the module is being trained; dropout acts only then.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>The modules directly inside this one, in order of registration.</summary>
    public IReadOnlyList<(string Name, Module Module)> Children => children;

    /// <summary>The function itself.</summary>
    /// <param name="x">The input; its shape is the layer's affair.</param>
    public abstract Tensor Forward(Tensor x);

    // ---- registration -----------------------------------------------------------------------------------------------

    /// <summary>Makes a tensor a parameter of this module: from now on it requires a gradient.</summary>
    /// <param name="name">Its name in this module.</param>
    /// <param name="value">A floating-point leaf.</param>
    /// <returns>The tensor, for assignment to a property.</returns>
    /// <exception cref="ArgumentException">The name is taken, empty or contains a point.</exception>
    /// <exception cref="AutogradException">The tensor is a result, not a leaf.</exception>
    /// <exception cref="DTypeException">The tensor holds integers.</exception>
    protected Tensor Register(string name, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        CheckName(name);
        if (!value.IsLeaf) throw NnErrors.NotALeaf(this, name, value);
        parameters.Add(new Parameter(name, value.RequireGrad()));
        return value;
    }

    /// <summary>Makes a tensor part of the state of this module without training it, such as a running mean.</summary>
    /// <inheritdoc cref="Register(string, Tensor)" path="/returns"/>
    /// <exception cref="ArgumentException">The name is taken, empty or contains a point.</exception>
    protected Tensor RegisterBuffer(string name, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        CheckName(name);
        buffers.Add(new Parameter(name, value));
        return value;
    }

    /// <summary>Makes a module a part of this one: its parameters are trained and saved with it.</summary>
    /// <returns>The module, for assignment to a field.</returns>
    /// <exception cref="ArgumentException">The name is taken, empty or contains a point; or the child contains this module.</exception>
    protected T Register<T>(string name, T module)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        if (module.Tree().Any(part => part.Module == this)) throw NnErrors.OwnDescendant(this, name);
        children.Add((name, module));
        return module;
    }

    private void CheckName(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal)) throw NnErrors.BadName(this, name);
        bool taken = parameters.Exists(p => p.Name == name) || buffers.Exists(b => b.Name == name) || children.Exists(c => c.Name == name);
        if (taken) throw NnErrors.NameTaken(this, name);
    }

    // ---- the tree ---------------------------------------------------------------------------------------------------

    /// <summary>The parameters of this module and of all inside it, each once, in order of registration.</summary>
    public IReadOnlyList<Tensor> Parameters() => [.. NamedParameters().Select(parameter => parameter.Value)];

    /// <summary>The parameters with their names; one that several modules share appears once, under its first name.</summary>
    public IReadOnlyList<Parameter> NamedParameters() => Named(module => module.parameters);

    private List<Parameter> Named(Func<Module, List<Parameter>> own)
    {
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var all = new List<Parameter>();
        foreach ((string prefix, Module module) in Tree())
            foreach (Parameter parameter in own(module))
                if (seen.Add(parameter.Value)) all.Add(prefix.Length == 0 ? parameter : new Parameter($"{prefix}.{parameter.Name}", parameter.Value));
        return all;
    }

    /// <summary>This module and all inside it, parents first.</summary>
    private IEnumerable<(string Path, Module Module)> Tree()
    {
        var waiting = new Stack<(string Path, Module Module)>();
        waiting.Push(("", this));
        while (waiting.TryPop(out (string Path, Module Module) top))
        {
            yield return top;
            for (int i = top.Module.children.Count - 1; i >= 0; i--)
            {
                (string name, Module child) = top.Module.children[i];
                waiting.Push((top.Path.Length == 0 ? name : $"{top.Path}.{name}", child));
            }
        }
    }

    // ---- modes ------------------------------------------------------------------------------------------------------

    /// <summary>Forgets the gradients of all parameters.</summary>
    /// <param name="setToNull">Set them to null; otherwise to zeros where they exist.</param>
    public void ZeroGrad(bool setToNull = true)
    {
        foreach (Parameter parameter in NamedParameters())
        {
            if (setToNull) parameter.Value.Grad = null;
            else if (parameter.Value.Grad is { } gradient) parameter.Value.Grad = Tensor.ZerosLike(gradient);
        }
    }

    /// <summary>Sets this module and all inside it to training, and returns it.</summary>
    public Module Train(bool isTraining = true)
    {
        foreach ((_, Module module) in Tree()) module.IsTraining = isTraining;
        return this;
    }

    /// <summary>Sets this module and all inside it to evaluation, and returns it.</summary>
    public Module Eval() => Train(false);

    /// <summary>Converts all floating-point parameters and buffers, and returns this module. Gradients are forgotten.</summary>
    /// <remarks>The tensors stay the same objects. Make optimisers afterwards: their state has the former type.</remarks>
    /// <exception cref="DTypeException">The type is not floating point.</exception>
    public Module To(DType dtype)
    {
        if (!dtype.IsFloatingPoint()) throw NnErrors.ModuleDType(dtype);
        foreach (Parameter entry in (IEnumerable<Parameter>)[.. NamedParameters(), .. Named(module => module.buffers)])
        {
            Tensor tensor = entry.Value;
            if (tensor.DType == dtype || !tensor.DType.IsFloatingPoint()) continue;
            tensor.Value = ArrayCopy.To(tensor.Numbers("Module.To"), dtype);
            tensor.Grad = null;
            if (tensor.Extra is { } extra) extra.Accumulator = null;
        }
        return this;
    }

    // ---- state ------------------------------------------------------------------------------------------------------

    /// <summary>Copies of all parameters and buffers by name, to be saved or loaded into another module of the same build.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict() =>
        State().ToDictionary(entry => entry.Name, entry => new Tensor(ArrayCopy.Contiguous(entry.Value.Numbers("StateDict"))));

    /// <summary>Overwrites parameters and buffers; the values are converted to the module's types. All or nothing.</summary>
    /// <param name="state">Tensors by name, as <see cref="StateDict"/> gives them.</param>
    /// <param name="strict">Whether the names must be exactly those of this module.</param>
    /// <exception cref="ArgumentException">A name is missing or unexpected, and <paramref name="strict"/> is set.</exception>
    /// <exception cref="ShapeException">A tensor has another shape than the module's.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        List<Parameter> own = State();
        string[] missing = [.. own.Select(entry => entry.Name).Where(name => !state.ContainsKey(name))];
        string[] unexpected = [.. state.Keys.Except(own.Select(entry => entry.Name)).Order(StringComparer.Ordinal)];
        if (strict && missing.Length + unexpected.Length > 0) throw NnErrors.StateKeys(this, missing, unexpected);
        foreach (Parameter entry in own)
            if (state.TryGetValue(entry.Name, out Tensor? given) && given.Shape != entry.Value.Shape)
                throw NnErrors.StateShape(entry.Name, given, entry.Value);
        using IDisposable scope = Autograd.NoGrad();
        foreach (Parameter entry in own)
            if (state.TryGetValue(entry.Name, out Tensor? given)) entry.Value.CopyInPlace(given);
    }

    private List<Parameter> State() => [.. NamedParameters(), .. Named(module => module.buffers)];
}
