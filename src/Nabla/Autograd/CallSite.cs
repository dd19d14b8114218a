using System.Diagnostics;
using System.Text;

namespace Nabla;

/// <summary>Where an operation was called from, for anomaly mode and for functions that cannot be traced.</summary>
internal static class CallSite
{
    private const int MostFrames = 8;

    /// <summary>The innermost frames of the user's code; those of this library say nothing that the operation's name does not.</summary>
    public static string Capture()
    {
        var text = new StringBuilder();
        int count = 0;
        foreach (StackFrame frame in new StackTrace(fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod()?.Module.Assembly == typeof(CallSite).Assembly) continue;
            text.Append(new StackTrace(frame));
            if (++count == MostFrames) break;
        }
        return text.ToString().TrimEnd();
    }

    /// <summary>The innermost line of the user's code: <c>at Program.F(Tensor x) in F.cs:line 12</c>; empty if there is none.</summary>
    public static string Innermost()
    {
        foreach (StackFrame frame in new StackTrace(fNeedFileInfo: true).GetFrames())
            if (frame.GetMethod()?.Module.Assembly != typeof(CallSite).Assembly) return new StackTrace(frame).ToString().Trim();
        return "";
    }
}
