namespace Nabla.Symbolics;

/// <summary>
/// Runs a program over long arrays in tiles of <see cref="TileSize"/> elements: one vector pass per instruction, whose
/// operands stay in the first-level cache. No code is generated, so it works everywhere.
/// </summary>
internal static unsafe class TileExecutor
{
    /// <summary>The number of elements of a tile: a handful of float64 registers fit the first-level cache.</summary>
    public const int TileSize = 992;

    /// <summary>
    /// Runs a program on one tile. <paramref name="registers"/> points to the inputs, the constants (filled by
    /// <see cref="FillConstants{T}"/>) and the temporaries, <paramref name="count"/> elements each.
    /// </summary>
    public static void Run<T>(Program program, T** registers, int count)
        where T : unmanaged
    {
        foreach (ref readonly Instruction step in program.Instructions.AsSpan())
        {
            var a = new ReadOnlySpan<T>(registers[step.A], count);
            var target = new Span<T>(registers[step.Target], count);
            switch (step.Primitive.Arity)
            {
                case 1:
                    if (step.Primitive.Kernel?.Unary<T>() is { } unary) unary(a, target);
                    else Loop(step, a, a, a, target);
                    break;
                case 2:
                    var b = new ReadOnlySpan<T>(registers[step.B], count);
                    if (step.Primitive.Kernel?.Binary<T>() is { } binary) binary(a, b, target);
                    else Loop(step, a, b, b, target);
                    break;
                default:
                    var second = new ReadOnlySpan<T>(registers[step.B], count);
                    var third = new ReadOnlySpan<T>(registers[step.C], count);
                    if (step.Primitive.Kernel?.Ternary<T>() is { } ternary) ternary(a, second, third, target);
                    else Loop(step, a, second, third, target);
                    break;
            }
        }
    }

    /// <summary>Fills the registers of the constants, once for all tiles.</summary>
    public static void FillConstants<T>(Program program, T** registers, int count)
        where T : unmanaged
    {
        for (int i = 0; i < program.Constants.Length; i++)
            new Span<T>(registers[program.InputCount + i], count).Fill(From<T>(program.Constants[i]));
    }

    private static void Loop<T>(in Instruction step, ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, Span<T> target)
        where T : unmanaged
    {
        Primitive primitive = step.Primitive;
        for (int i = 0; i < target.Length; i++)
        {
            double result = primitive.Arity switch
            {
                1 => primitive.Scalar1!(To(a[i])),
                2 => primitive.Scalar2!(To(a[i]), To(b[i])),
                _ => primitive.Scalar3!(To(a[i]), To(b[i]), To(c[i])),
            };
            target[i] = From<T>(result);
        }
    }

    private static double To<T>(T value) where T : unmanaged =>
        typeof(T) == typeof(float) ? (float)(object)value : typeof(T) == typeof(double) ? (double)(object)value : (long)(object)value;

    private static T From<T>(double value) where T : unmanaged =>
        typeof(T) == typeof(float) ? (T)(object)(float)value : typeof(T) == typeof(double) ? (T)(object)value : (T)(object)(long)value;
}
