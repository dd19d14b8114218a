namespace Nabla.AdBench;

/// <summary>
/// Bundle adjustment: P observations of M points by N cameras, each with a weight. Values: the weighted errors of reprojection, 2·P, and
/// 1 - w², P. Each error depends on one camera (11 numbers), one point (3) and one weight, so of the Jacobian only P blocks of 2×15 and P
/// numbers are not zero.
/// </summary>
public sealed class BundleProblem : Problem
{
    /// <summary>How many numbers follow the sizes: one camera, point, weight and feature, to be repeated.</summary>
    internal const long NumberCount = CameraSize + 3 + 1 + 2;

    private const int CameraSize = 11;
    private readonly Tensor cameras, points, weights, features, cameraOf, pointOf;

    /// <param name="name">Of the file.</param>
    /// <param name="cameras">Rotation (3), centre (3), focal length, principal point (2), radial distortion (2); [N, 11].</param>
    /// <param name="points">[M, 3].</param>
    /// <param name="weights">[P].</param>
    /// <param name="features">Where the points were seen, [P, 2].</param>
    /// <param name="cameraOf">The camera of each observation, [P].</param>
    /// <param name="pointOf">The point of each observation, [P].</param>
    public BundleProblem(string name, Tensor cameras, Tensor points, Tensor weights, Tensor features, Tensor cameraOf, Tensor pointOf)
        : base(name) => (this.cameras, this.points, this.weights, this.features, this.cameraOf, this.pointOf) = (cameras, points, weights, features, cameraOf, pointOf);

    public override string Kind => "ba";

    public override int Size => weights.Shape[0];

    public override string Title => $"BA n{cameras.Shape[0]} m{points.Shape[0]} p{weights.Shape[0]}";

    /// <summary>Cameras, points, weights.</summary>
    public override IReadOnlyList<Tensor> Inputs => [cameras, points, weights];

    /// <summary>Moves the cameras, points and weights of all observations together: no value depends on two of them.</summary>
    public override double[] Point => new double[CameraSize + 4];

    public static new BundleProblem Read(string path)
    {
        var file = new ProblemFile(path);
        int n = file.Integer("the number of cameras", 1), m = file.Integer("the number of points", 1), p = file.Integer("the number of observations", 1);
        Tensor camera = Vector(file.Numbers(CameraSize, "a parameter of the camera"), 1, CameraSize), point = Vector(file.Numbers(3, "a coordinate of the point"), 1, 3);
        double weight = file.Number("the weight");
        Tensor feature = Vector(file.Numbers(2, "a coordinate of the feature"), 1, 2);
        file.End("the feature");
        Tensor observation = Tensor.Arange(p);
        return new BundleProblem(
            Path.GetFileNameWithoutExtension(path), camera.Repeat(n, 1), point.Repeat(m, 1), Tensor.Full([p], weight, DType.Float64), feature.Repeat(p, 1), observation % n, observation % m);
    }

    /// <summary>The error of one observation, [2].</summary>
    /// <param name="camera">[11].</param>
    /// <param name="point">[3].</param>
    /// <param name="weight">[1].</param>
    /// <param name="feature">[2].</param>
    public static Tensor ReprojectionError(Tensor camera, Tensor point, Tensor weight, Tensor feature)
    {
        Tensor seen = Rotate(camera[..3], point - camera[3..6]);
        Tensor projected = seen[..2] / seen[2..3];
        Tensor squared = projected.Square().Sum(0, keepAxis: true);
        Tensor distortion = 1 + (camera[9..10] * squared) + (camera[10..11] * squared.Square());
        return weight * ((projected * distortion * camera[6..7]) + camera[7..9] - feature);
    }

    /// <summary>1 - w², the same for every weight.</summary>
    public static Tensor WeightError(Tensor weights) => 1 - weights.Square();

    /// <summary>The errors of all observations, [2·P], then those of all weights, [P].</summary>
    public override Tensor Objective(IReadOnlyList<Tensor> inputs) => Errors(inputs[0].IndexSelect(0, cameraOf), inputs[1].IndexSelect(0, pointOf), inputs[2]);

    /// <summary>The blocks of 2×15 of all observations, by camera, point and weight, then the P derivatives of the weights' errors.</summary>
    public override Tensor Derivative(IReadOnlyList<Tensor> inputs)
    {
        Tensor blocks = Functional.Vmap(
            (own, feature) => Functional.Jacobian(v => ReprojectionError(v[..11], v[11..14], v[14..15], feature), own),
            Tensor.Cat([inputs[0].IndexSelect(0, cameraOf), inputs[1].IndexSelect(0, pointOf), inputs[2].Unsqueeze(1)], 1), features);
        Tensor weightErrors = Functional.Vmap(Functional.Grad(WeightError), inputs[2]);
        return Tensor.Cat([blocks.Flatten(), weightErrors]);
    }

    /// <summary>One loop over the observations, and one over the weights.</summary>
    public override Func<IReadOnlyList<Tensor>, Tensor> CompiledObjective()
    {
        CompiledVmap errors = Functional.CompileVmap(inputs => [ReprojectionError(inputs[0], inputs[1], inputs[2], inputs[3])]);
        CompiledVmap weightErrors = Functional.CompileVmap(WeightError);
        return inputs => Tensor.Cat(
        [
            errors.Call(inputs[0].IndexSelect(0, cameraOf), inputs[1].IndexSelect(0, pointOf), inputs[2].Unsqueeze(1), features)[0].Flatten(),
            weightErrors.Call(inputs[2])[0],
        ]);
    }

    /// <summary>One loop over the observations, and one over the weights.</summary>
    public override Func<IReadOnlyList<Tensor>, Tensor> CompiledDerivative()
    {
        CompiledVmap blocks = Functional.CompileVmap(
            (own, feature) => Functional.Jacobian(v => ReprojectionError(v[..11], v[11..14], v[14..15], feature), own));
        CompiledVmap weightErrors = Functional.CompileVmap(Functional.Grad(WeightError));
        return inputs => Tensor.Cat(
        [
            blocks.Call(Tensor.Cat([inputs[0].IndexSelect(0, cameraOf), inputs[1].IndexSelect(0, pointOf), inputs[2].Unsqueeze(1)], 1), features)[0].Flatten(),
            weightErrors.Call(inputs[2])[0],
        ]);
    }

    public override Tensor At(Tensor point) => Errors(
        cameras.IndexSelect(0, cameraOf) + point[..CameraSize],
        points.IndexSelect(0, pointOf) + point[CameraSize..(CameraSize + 3)],
        weights + point[CameraSize + 3]);

    public override double[] Column(double[] derivative, int element)
    {
        int count = weights.Shape[0], width = CameraSize + 4;
        var column = new double[3 * count];
        for (int i = 0; i < 2 * count; i++) column[i] = derivative[(i * width) + element];
        if (element == width - 1) Array.Copy(derivative, 2 * count * width, column, 2 * count, count);
        return column;
    }

    private Tensor Errors(Tensor camera, Tensor point, Tensor weight)
    {
        Tensor errors = Functional.Vmap(
            inputs => [ReprojectionError(inputs[0], inputs[1], inputs[2], inputs[3])], [camera, point, weight.Unsqueeze(1), features])[0];
        return Tensor.Cat([errors.Flatten(), WeightError(weight)]);
    }

    /// <summary>A rotation by the length of a vector about its direction (Rodrigues); for the vector 0 to first order, so that its derivative is right.</summary>
    private static Tensor Rotate(Tensor rotation, Tensor point)
    {
        Tensor squared = rotation.Square().Sum(0, keepAxis: true);
        Tensor isZero = squared.Eq(0);
        // The branch that is not taken must not divide by 0: its derivative would be 0·∞.
        Tensor angle = Tensor.Where(isZero, 1, squared).Sqrt();
        Tensor axis = rotation / angle, cos = angle.Cos();
        Tensor turned = (point * cos) + (axis.Cross(point) * angle.Sin()) + (axis * ((axis * point).Sum(0, keepAxis: true) * (1 - cos)));
        return Tensor.Where(isZero, point + rotation.Cross(point), turned);
    }
}
