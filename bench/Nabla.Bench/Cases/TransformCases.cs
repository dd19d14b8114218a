namespace Nabla.Bench.Cases;

/// <summary>
/// Jacobians of a function of small operations, and batches of small items. The function poses a hand of 20 joints in chains of
/// 4 × 4 transforms, blends 100 points between them, and subtracts targets: R²⁶ → R³⁰⁰.
/// </summary>
internal static class TransformCases
{
    private const int Fingers = 5, JointsOfFinger = 4, Points = 100, Items = 10_000;

    public static CaseGroup Group { get; } = new("Transforms",
    [
        new("Jacobian of a hand R²⁶ → R³⁰⁰", 1.0 / 100, Jacobian)
        {
            Rivals = [Rival.PyTorch(1.0 / 100, name: "PyTorch, row by row"), Rival.PyTorch(1, "Jacobian of a hand R²⁶ → R³⁰⁰, by functorch.jacfwd", "functorch.jacfwd")],
        },
        new("a hand, value only", 1, () =>
        {
            Hand hand = new();
            return () => hand.Residuals(hand.Pose);
        }),
        new("Vmap of a function over 10⁴ items", null, () => Batched(Item)) { Rivals = [Rival.Ours("our own loop", 1.0 / 20, () => Loop(Item))] },
        new("Vmap of a gradient over 10⁴ items", 1, () => Batched(Functional.Grad(Item)))
        {
            Rivals = [Rival.PyTorch(1, name: "functorch.vmap"), Rival.Ours("our own loop", 1.0 / 20, () => Loop(Functional.Grad(Item)))],
        },
        new("sparse Jacobian of 10⁴ neighbours, compiled", null, () => Sparse(compiled: true)) { Rivals = [Rival.Ours("the same eagerly", 1, () => Sparse(compiled: false))] },
    ]);

    private static Func<Tensor> Jacobian()
    {
        Hand hand = new();
        return () => Functional.Jacobian(hand.Residuals, hand.Pose);
    }

    /// <summary>The entries of three diagonals.</summary>
    private static Func<Tensor> Sparse(bool compiled)
    {
        Tensor x = Data.Uniform([Items], -1, 1);
        static Tensor Neighbours(Tensor x) => (x[1..^1].Square() * x[..^2].Sin()) + x[2..].Exp();
        var compression = JacobianCompression.Of(SparsityPattern.Of(Items - 2, Items, Enumerable.Range(0, Items - 2).SelectMany(i => new[] { (i, i), (i, i + 1), (i, i + 2) })));
        if (!compiled) return () => Functional.SparseJacobian(Neighbours, x, compression).Values;
        CompiledFunction<Tensor, SparseMatrix> jacobian = Functional.Compile<Tensor, Tensor>(Neighbours).SparseJacobian(compression);
        return () => jacobian.Call(x).Values;
    }

    /// <summary>A small function of three numbers.</summary>
    private static Tensor Item(Tensor x) => ((x.Sin() * x).Sum() + (x * x).Sum().Sqrt()).Tanh();

    private static Func<Tensor> Batched(Func<Tensor, Tensor> function)
    {
        Tensor items = Data.Uniform([Items, 3], 0.1, 1);
        return () => Functional.Vmap(function, items);
    }

    private static Func<Tensor> Loop(Func<Tensor, Tensor> function)
    {
        Tensor items = Data.Uniform([Items, 3], 0.1, 1);
        return () =>
        {
            var results = new Tensor[Items];
            for (int i = 0; i < Items; i++) results[i] = function(items[i]);
            return Tensor.Stack(results);
        };
    }

    private sealed class Hand
    {
        private readonly Tensor bones = Data.Uniform([Fingers * JointsOfFinger, 4, 4], -0.5, 0.5, 1);
        private readonly Tensor rest = Data.Uniform([4, Points], -1, 1, 2);
        private readonly Tensor weights = Data.Uniform([Fingers * JointsOfFinger, 1, Points], 0, 0.1, 3);
        private readonly Tensor targets = Data.Uniform([3, Points], -1, 1, 4);
        private readonly Tensor zero = Tensor.Zeros([]), one = Tensor.Ones([]);

        /// <summary>Three angles and a shift of the whole, then an angle for each joint, around x or, in the second, around z.</summary>
        public Tensor Pose { get; } = Data.Uniform([26], -1, 1);

        public Tensor Residuals(Tensor pose)
        {
            Tensor sin = pose.Sin(), cos = pose.Cos();
            Tensor wrist = AboutZ(sin[0], cos[0]).MatMul(AboutX(sin[1], cos[1])).MatMul(AboutZ(sin[2], cos[2])).MatMul(Shift(pose[3..6]));
            var transforms = new List<Tensor>();
            for (int finger = 0; finger < Fingers; finger++)
            {
                Tensor at = wrist;
                for (int joint = 0; joint < JointsOfFinger; joint++)
                {
                    int angle = 6 + (finger * JointsOfFinger) + joint;
                    Tensor turn = joint == 1 ? AboutZ(sin[angle], cos[angle]) : AboutX(sin[angle], cos[angle]);
                    at = at.MatMul(bones[transforms.Count]).MatMul(turn);
                    transforms.Add(at);
                }
            }
            Tensor posed = Tensor.Stack(transforms).MatMul(rest);
            return ((posed * weights).Sum(0)[..3] - targets).Reshape(-1);
        }

        private Tensor AboutX(Tensor s, Tensor c) => Tensor.Stack([one, zero, zero, zero, zero, c, -s, zero, zero, s, c, zero, zero, zero, zero, one]).Reshape(4, 4);

        private Tensor AboutZ(Tensor s, Tensor c) => Tensor.Stack([c, -s, zero, zero, s, c, zero, zero, zero, zero, one, zero, zero, zero, zero, one]).Reshape(4, 4);

        private Tensor Shift(Tensor by) => Tensor.Cat([Tensor.Eye(4, 3), Tensor.Cat([by, one.Reshape(1)]).Unsqueeze(1)], 1);
    }
}
