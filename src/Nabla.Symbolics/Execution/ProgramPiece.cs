namespace Nabla.Symbolics;

/// <summary>
/// A stretch of a program as a program of its own: what it reads from elsewhere are its inputs, what is read after it its outputs.
/// </summary>
/// <param name="Program">The stretch.</param>
/// <param name="Sources">For each of its inputs, the register of the whole.</param>
/// <param name="Targets">For each of its outputs, the register of the whole.</param>
/// <param name="ReadLater">For each of its outputs, whether a later stretch reads it.</param>
/// <param name="IsResult">For each of its outputs, whether it is an output of the whole.</param>
internal sealed record ProgramPiece(Program Program, int[] Sources, int[] Targets, bool[] ReadLater, bool[] IsResult)
{
    /// <summary>Cuts a program at the given ends; the last is its length.</summary>
    public static ProgramPiece[] Cut(Program program, ReadOnlySpan<int> ends)
    {
        var pieces = new ProgramPiece[ends.Length];
        var alive = new HashSet<int>();
        var results = new HashSet<int>(program.Outputs);
        for (int i = ends.Length - 1; i >= 0; i--)
        {
            int start = i == 0 ? 0 : ends[i - 1];
            pieces[i] = Of(program, start, ends[i], alive, results);
        }
        return pieces;
    }

    /// <summary>
    /// The stretch from start to end. The sets hold what is read after it, and the outputs of the whole that are not written after it;
    /// on return, the same before it.
    /// </summary>
    private static ProgramPiece Of(Program program, int start, int end, HashSet<int> alive, HashSet<int> results)
    {
        // Registers written here and read later.
        var written = new HashSet<int>();
        for (int i = start; i < end; i++) written.Add(program.Instructions[i].Target);
        int[] targets = [.. alive.Union(results).Where(written.Contains).Order()];
        bool[] readLater = [.. targets.Select(alive.Contains)], isResult = [.. targets.Select(results.Contains)];
        results.ExceptWith(written);
        alive.ExceptWith(written);

        // Registers read here before they are written here.
        var fresh = new HashSet<int>();
        var sources = new SortedSet<int>();
        var constants = new SortedSet<int>();
        for (int i = start; i < end; i++)
        {
            Instruction step = program.Instructions[i];
            Read(step.A);
            if (step.Primitive.Arity > 1) Read(step.B);
            if (step.Primitive.Arity > 2) Read(step.C);
            fresh.Add(step.Target);
        }
        alive.UnionWith(sources);

        // A register that comes in and is written here has two places in the piece.
        var place = new Dictionary<int, int>();
        foreach (int source in sources) place[source] = place.Count;
        int inputs = place.Count;
        foreach (int constant in constants) place[constant] = place.Count;
        int registers = place.Count;
        var own = new Dictionary<int, int>();
        var code = new Instruction[end - start];
        for (int i = start; i < end; i++)
        {
            Instruction step = program.Instructions[i];
            int a = place[step.A], b = step.Primitive.Arity > 1 ? place[step.B] : 0, c = step.Primitive.Arity > 2 ? place[step.C] : 0;
            if (!own.TryGetValue(step.Target, out int target)) own[step.Target] = target = registers++;
            place[step.Target] = target;
            code[i - start] = step with { Target = target, A = a, B = b, C = c };
        }
        double[] numbers = [.. constants.Select(constant => program.Constants[constant - program.InputCount])];
        var piece = Program.OfSteps(inputs, numbers, code, [.. targets.Select(target => place[target])], registers);
        return new ProgramPiece(piece, [.. sources], targets, readLater, isResult);

        void Read(int register)
        {
            if (register >= program.InputCount && register < program.FirstTemporary) constants.Add(register);
            else if (!fresh.Contains(register)) sources.Add(register);
        }
    }
}
