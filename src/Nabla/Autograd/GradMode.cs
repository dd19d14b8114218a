namespace Nabla;

/// <summary>Which of the engine's modes are on: they flow with async code, as <see cref="AsyncLocal{T}"/> values do.</summary>
[Flags]
internal enum Modes
{
    None = 0,
    NoGrad = 1,
    Inference = 2,
    Anomaly = 4,

    /// <summary>Inside a function that a transform is differentiating: inner derivatives must be recorded.</summary>
    Transform = 8,

    /// <summary>Tensors saved for backward go through a pack function: see <see cref="SavedTensorScope"/>.</summary>
    SavedTensorHooks = 16,
}

/// <summary>
/// The modes of the current flow of control. An AsyncLocal keeps them across awaits; a thread-static copy, refreshed by its
/// change notification, makes reading them cheap enough for every operation.
/// </summary>
internal static class GradMode
{
    private static readonly AsyncLocal<Modes> Flow = new(change => current = change.CurrentValue);

    [ThreadStatic]
    private static Modes current;

    public static bool IsEnabled => (current & Modes.NoGrad) == 0;

    public static bool IsInference => (current & Modes.Inference) != 0;

    public static bool IsAnomaly => (current & Modes.Anomaly) != 0;

    public static bool HasSavedTensorHooks => (current & Modes.SavedTensorHooks) != 0;

    public static bool IsTransform => (current & Modes.Transform) != 0;

    /// <summary>Sets and clears modes until the scope is disposed of, which restores the former ones.</summary>
    public static Scope Enter(Modes set, Modes clear)
    {
        // The two differ inside a stretch of the engine, which does not flow: each must come back as it was.
        Modes before = current, flow = Flow.Value;
        Flow.Value = (before | set) & ~clear;
        current = (before | set) & ~clear;
        return new Scope(before, flow);
    }

    /// <summary>Sets recording on this thread only, for a synchronous stretch of the engine. Returns the former modes.</summary>
    public static Modes SetRecording(bool enabled)
    {
        Modes before = current;
        current = enabled ? before & ~Modes.NoGrad : before | Modes.NoGrad;
        return before;
    }

    /// <summary>All modes that are on.</summary>
    public static Modes Current => current;

    /// <summary>Sets all modes on this thread only, for a synchronous stretch of the engine. Returns the former ones.</summary>
    public static Modes Replace(Modes modes)
    {
        Modes before = current;
        current = modes;
        return before;
    }

    /// <summary>Sets and clears modes on this thread only, for a synchronous stretch of the engine. Returns the former modes.</summary>
    public static Modes Change(Modes set, Modes clear)
    {
        Modes before = current;
        current = (before | set) & ~clear;
        return before;
    }

    /// <summary>Ends a stretch begun with <see cref="SetRecording"/> or <see cref="Change"/>.</summary>
    public static void Restore(Modes before) => current = before;

    internal sealed class Scope(Modes before, Modes flow) : IDisposable
    {
        public void Dispose()
        {
            Flow.Value = flow;
            current = before;
        }
    }
}
