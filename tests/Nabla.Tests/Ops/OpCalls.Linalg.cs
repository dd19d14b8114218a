namespace Nabla.Tests.Ops;

internal static partial class OpCalls
{
    private static IEnumerable<Sample> ProductSamples() =>
    [
        new("MatMul", x => x[0].MatMul(x[1]), S(3, 4), S(4, 2)),
        new("MatMul", x => x[0].MatMul(x[1]), S(2, 3, 4), S(4, 2)),
        new("MatMul", x => x[0].MatMul(x[1]), S(3, 4), S(2, 4, 2)),
        new("MatMul", x => x[0].MatMul(x[1]), S(2, 1, 3, 4), S(3, 4, 1)),
        new("MatMul", x => x[0].MatMul(x[1]), S(3, 4), S(4)),
        new("MatMul", x => x[0].MatMul(x[1]), S(4), S(4, 2)),
        new("MatMul", x => x[0].MatMul(x[1]), S(2, 3, 4), S(4)),
        new("MatMul", x => x[0].MatMul(x[1]), S(4), S(2, 4, 3)),
        new("MatMul", x => x[0].MatMul(x[1]), S(2, 0), S(0, 3)),
        new("MatMul", x => x[0].MatMul(x[1]), S(2, 0, 3), S(3, 2)),
        new("Mm", x => x[0].Mm(x[1]), S(1, 4), S(4, 2)),
        new("Mv", x => x[0].Mv(x[1]), S(3, 4), S(4)),
        new("Bmm", x => x[0].Bmm(x[1]), S(2, 3, 4), S(2, 4, 1)),
        new("Linear", x => x[0].Linear(x[1], x[2]), S(3, 4), S(2, 4), S(2)),
        new("Linear", x => x[0].Linear(x[1], x[2]), S(2, 3, 4), S(5, 4), S(5)),
        new("Linear", x => x[0].Linear(x[1], x[2]), S(4), S(2, 4), S(2)),
        new("Linear", x => x[0].Linear(x[1], x[2]), S(3, 0), S(2, 0), S(2)),
        new("Linear", x => x[0].Linear(x[1]), S(3, 4), S(2, 4)),
        new("Dot", x => x[0].Dot(x[1]), S(5), S(5)),
        new("Dot", x => x[0].Dot(x[1]), S(0), S(0)),
        new("VDot", x => x[0].VDot(x[1]), S(5), S(5)),
        new("Inner", x => x[0].Inner(x[1]), S(2, 3), S(4, 3)),
        new("Inner", x => x[0].Inner(x[1]), S(), S(4, 3)),
        new("Outer", x => x[0].Outer(x[1]), S(3), S(2)),
        new("TensorDot", x => x[0].TensorDot(x[1]), S(2, 3, 4), S(3, 4, 5)),
        new("TensorDot", x => x[0].TensorDot(x[1], [0, 2], [1, 0]), S(2, 3, 4), S(4, 2)),
        new("TensorDot", x => x[0].TensorDot(x[1], 0), S(2), S(3)),
        new("Kron", x => x[0].Kron(x[1]), S(2, 3), S(3, 2)),
        new("Kron", x => x[0].Kron(x[1]), S(3), S(2, 2)),
        new("Cross", x => x[0].Cross(x[1]), S(2, 3), S(3)),
        new("Cross", x => x[0].Cross(x[1], 0), S(3, 2), S(3, 2)),
        new("Addmm", x => x[0].Addmm(x[1], x[2], beta: 0.5, alpha: 2), S(2), S(3, 4), S(4, 2)),
        new("Addmv", x => x[0].Addmv(x[1], x[2]), S(3), S(3, 4), S(4)),
        new("Baddbmm", x => x[0].Baddbmm(x[1], x[2], beta: 0), S(2, 3, 2), S(2, 3, 4), S(2, 4, 2)),
        new("Addr", x => x[0].Addr(x[1], x[2]), S(3, 2), S(3), S(2)),
        new("Einsum", x => Tensor.Einsum("bij,bjk->bik", x), S(2, 3, 4), S(2, 4, 2)),
        new("Einsum", x => Tensor.Einsum("...ij,...jk", x), S(2, 1, 3, 4), S(3, 4, 2)),
        new("Einsum", x => Tensor.Einsum("iij,jk,k->i", x), S(3, 3, 2), S(2, 4), S(4)),
        new("Einsum", x => Tensor.Einsum("ijij->ij", x), S(2, 3, 2, 3)),
        new("Einsum", x => Tensor.Einsum("ij,kl->", x), S(2, 3), S(2, 2)),
        new("Einsum", x => Tensor.Einsum("a,ab,b", x), S(2), S(2, 3), S(3)),
    ];

    private static IEnumerable<Sample> LinalgSamples() =>
    [
        new("Linalg.Inv", x => Linalg.Inv(Regular(x[0])), S(3, 3)),
        new("Linalg.Inv", x => Linalg.Inv(Regular(x[0])), S(2, 1, 1)),
        new("Linalg.Inv", x => Linalg.Inv(Regular(x[0])), S(9, 9)),
        new("Linalg.Inv", x => Linalg.Inv(x[0]), S(0, 0)),
        new("Inverse", x => Regular(x[0]).Inverse(), S(2, 2)),
        new("Linalg.Solve", x => Linalg.Solve(Regular(x[0]), x[1]), S(3, 3), S(3, 2)),
        new("Linalg.Solve", x => Linalg.Solve(Regular(x[0]), x[1]), S(3, 3), S(3)),
        new("Linalg.Solve", x => Linalg.Solve(Regular(x[0]), x[1]), S(2, 3, 3), S(2, 3)),
        new("Linalg.Solve", x => Linalg.Solve(Regular(x[0]), x[1]), S(3, 3), S(2, 3, 1)),
        new("Linalg.SolveTriangular", x => Linalg.SolveTriangular(Regular(x[0]), x[1], upper: true), S(3, 3), S(3, 2)),
        new("Linalg.SolveTriangular", x => Linalg.SolveTriangular(Regular(x[0]), x[1], upper: false, left: false), S(2, 3, 3), S(2, 3)),
        new("Linalg.SolveTriangular", x => Linalg.SolveTriangular(x[0], x[1], upper: false, unitriangular: true), S(3, 3), S(3)),
        new("Linalg.Det", x => Linalg.Det(x[0]), S(3, 3)),
        new("Linalg.Det", x => Linalg.Det(x[0]), S(2, 2, 2)),
        new("Linalg.Det", x => Linalg.Det(Regular(x[0])), S(5, 5)),
        new("Linalg.Det", x => Linalg.Det(x[0]), S(1, 1)),
        new("Linalg.Det", x => Linalg.Det(x[0]), S(0, 0)),
        new("Linalg.SlogDet", x => Linalg.SlogDet(Regular(x[0])).LogAbsDet, S(2, 3, 3)),
        new("Linalg.LogDet", x => Linalg.LogDet(Positive(x[0])), S(3, 3)),
        new("Linalg.Cholesky", x => Linalg.Cholesky(Positive(x[0])), S(3, 3)),
        new("Linalg.Cholesky", x => Linalg.Cholesky(Positive(x[0]), upper: true), S(2, 2, 2)),
        new("Linalg.CholeskySolve", x => Linalg.CholeskySolve(x[0], Regular(x[1])), S(3, 2), S(3, 3)),
        new("Linalg.CholeskyInverse", x => Linalg.CholeskyInverse(Regular(x[0]), upper: true), S(3, 3)),
        new("Linalg.Qr", x => Parts(Linalg.Qr(Regular(x[0]))), S(3, 3)),
        new("Linalg.Qr", x => Parts(Linalg.Qr(Regular(x[0]))), S(2, 4, 2)),
        new("Linalg.Qr", x => Parts(Linalg.Qr(Regular(x[0]))), S(2, 4)),
        new("Linalg.Eigh", x => Parts(Squares(Linalg.Eigh(Spread(Positive(x[0]))))), S(3, 3)),
        new("Linalg.Eigh", x => Parts(Squares(Linalg.Eigh(Spread(Positive(x[0]))))), S(2, 2, 2)),
        new("Linalg.Eigvalsh", x => Linalg.Eigvalsh(Spread(Positive(x[0]))), S(3, 3)),
        new("Linalg.Svd", x => Parts(Linalg.Svd(Spread(Regular(x[0])))), S(3, 3)),
        new("Linalg.Svd", x => Parts(Linalg.Svd(Spread(Regular(x[0])))), S(4, 2)),
        new("Linalg.Svd", x => Parts(Linalg.Svd(Spread(Regular(x[0])))), S(2, 2, 3)),
        new("Linalg.Svdvals", x => Linalg.Svdvals(Spread(Regular(x[0]))), S(3, 4)),
        new("Linalg.MatrixRank", x => Linalg.MatrixRank(x[0]), S(3, 4)),
        new("Linalg.Pinv", x => Linalg.Pinv(Regular(x[0])), S(4, 2)),
        new("Linalg.Pinv", x => Linalg.Pinv(Regular(x[0])), S(2, 2, 3)),
        new("Linalg.Lstsq", x => Linalg.Lstsq(Regular(x[0]), x[1]), S(4, 2), S(4, 3)),
        new("Linalg.Lstsq", x => Linalg.Lstsq(Regular(x[0]), x[1]), S(4, 2), S(4)),
        new("Linalg.MatrixPower", x => Linalg.MatrixPower(x[0], 5), S(2, 3, 3)),
        new("Linalg.MatrixPower", x => Linalg.MatrixPower(Regular(x[0]), -2), S(3, 3)),
        new("Linalg.MatrixExp", x => Linalg.MatrixExp(x[0] * 0.5), S(2, 2, 2)),
        new("Linalg.MatrixExp", x => Linalg.MatrixExp(x[0] * 3), S(3, 3)) { SecondOrder = false },
        new("Linalg.Norm", x => Linalg.Norm(x[0]), S(3, 4)),
        new("Linalg.Norm", x => Linalg.Norm(x[0], 3), S(4)),
        new("Linalg.VectorNorm", x => Linalg.VectorNorm(x[0], double.PositiveInfinity, ^1), S(3, 4)) { SecondOrder = false },
        new("Linalg.MatrixNorm", x => Linalg.MatrixNorm(x[0]), S(2, 3, 4)),
        new("Linalg.MatrixNorm", x => Linalg.MatrixNorm(Spread(Regular(x[0])), "nuc", keepAxis: true), S(2, 3, 3)),
        new("Linalg.MatrixNorm", x => Linalg.MatrixNorm(Spread(Regular(x[0])), 2), S(3, 4)),
        new("Linalg.MatrixNorm", x => Linalg.MatrixNorm(x[0], double.NegativeInfinity), S(3, 4)),
        new("Linalg.Cond", x => Linalg.Cond(Spread(Regular(x[0]))), S(2, 3, 3)),
        new("Linalg.Cond", x => Linalg.Cond(Regular(x[0]), 1), S(3, 3)),
        new("Linalg.MultiDot", x => Linalg.MultiDot(x), S(2), S(2, 3), S(3, 2), S(2)),
    ];

    /// <summary>A matrix near twice the identity, so that it has an inverse and differences stay accurate.</summary>
    private static Tensor Regular(Tensor x) => (x * 0.3) + (2 * Tensor.Eye(x.Shape[^2], x.Shape[^1], DType.Float64));

    /// <summary>A symmetric positive definite matrix.</summary>
    private static Tensor Positive(Tensor x) => (x.MatMul(x.MT) * 0.2) + Tensor.Eye(x.Shape[^1], dtype: DType.Float64);

    /// <summary>Pulls eigenvalues and singular values apart, so that vectors have derivatives.</summary>
    private static Tensor Spread(Tensor x)
    {
        int m = x.Shape[^2], n = x.Shape[^1];
        Tensor steps = Tensor.Arange(0.0, Math.Min(m, n), 1.0, DType.Float64).Unsqueeze(1);
        Tensor diagonal = Tensor.Eye(Math.Min(m, n), n, DType.Float64) * steps * 3;
        return x + (m > n ? Tensor.Cat([diagonal, Tensor.Zeros([m - n, n], DType.Float64)]) : diagonal);
    }

    private static (Tensor, Tensor) Squares((Tensor Values, Tensor Vectors) x) => (x.Values, x.Vectors.Square());

    /// <summary>Several results as one, each element with a weight of its own by its place.</summary>
    private static Tensor Parts((Tensor, Tensor) parts) => Tensor.Cat([parts.Item1.Reshape(-1), parts.Item2.Reshape(-1)]);

    private static Tensor Parts((Tensor, Tensor, Tensor) parts) =>
        Tensor.Cat([parts.Item1.Square().Reshape(-1), parts.Item2.Reshape(-1), parts.Item3.Square().Reshape(-1)]);
}
