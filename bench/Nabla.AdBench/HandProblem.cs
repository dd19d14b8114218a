namespace Nabla.AdBench;

/// <summary>
/// Hand tracking: 26 parameters pose a hand, and N points of it are to be where they were measured. Values: their distances, 3·N. In the
/// complicated variant each point lies on a triangle, at two coordinates that are parameters, too: 2·N more columns of the Jacobian, of which
/// each point has two that are not zero.
/// </summary>
public sealed class HandProblem : Problem
{
    private readonly HandModel model;
    private readonly Tensor theta, targets;
    private readonly Tensor? coordinates;

    // What does not change with the parameters, prepared once.
    private readonly Tensor angleLayout, skin, levelOrder;
    private readonly List<(int[] Bones, Tensor Index, Tensor? ParentIndex)> levels = [];

    /// <param name="name">Of the file.</param>
    /// <param name="model">Bones and mesh.</param>
    /// <param name="vertices">The vertex of each point; in the complicated variant its triangle.</param>
    /// <param name="targets">Where the points were measured, [N, 3].</param>
    /// <param name="theta">Rotation (3), translation (3), and four angles for each finger, [26].</param>
    /// <param name="coordinates">On the triangles, [N, 2]; null in the simple variant.</param>
    public HandProblem(string name, HandModel model, int[] vertices, Tensor targets, Tensor theta, Tensor? coordinates)
        : base(name)
    {
        (this.model, this.targets, this.theta, this.coordinates) = (model, targets, theta, coordinates);
        angleLayout = Angles();
        levelOrder = Levels();

        // A vertex is the sum over bones b of weight·(matrix of b)·(its place at rest): one product with these constants, [V, B·4].
        Tensor mesh = (model.Weights.Unsqueeze(2) * model.Positions.Unsqueeze(1)).Reshape(model.VertexCount, HandModel.Bones * 4);
        long[] used = coordinates is null ? [.. vertices.Select(vertex => (long)vertex)] : [.. Enumerable.Range(0, 3).SelectMany(corner => vertices.Select(triangle => (long)model.Triangles[triangle, corner]))];
        skin = mesh.IndexSelect(0, Tensor.FromArray(used));
    }

    public override string Kind => "hand";

    public override int Size => targets.Shape[0];

    public override string Title => $"HAND {(IsComplicated ? "complicated" : "simple")} n{targets.Shape[0]}";

    /// <summary>The pose; in the complicated variant the coordinates on the triangles, too.</summary>
    public override IReadOnlyList<Tensor> Inputs => coordinates is null ? [theta] : [theta, coordinates];

    public bool IsComplicated => coordinates is not null;

    /// <summary>The pose, after the two coordinates that move all points on their triangles together.</summary>
    public override double[] Point => IsComplicated ? [0, 0, .. theta.ToArray<double>()] : theta.ToArray<double>();

    public static new HandProblem Read(string path)
    {
        var file = new ProblemFile(path);
        int n = file.Integer("the number of points", 1), parameters = file.Integer("the number of parameters", HandModel.Parameters, HandModel.Parameters);
        int simple = (4 * n) + parameters, complicated = simple + (2 * n);
        bool isComplicated = file.Remaining >= complicated;
        HandModel model = HandModel.For(path);
        int correspondences = isComplicated ? model.Triangles.GetLength(0) : model.VertexCount;
        var vertices = new int[n];
        var targets = new double[3 * n];
        for (int i = 0; i < n; i++)
        {
            vertices[i] = file.Integer(isComplicated ? "the triangle of a point" : "the vertex of a point", 0, correspondences - 1);
            file.Numbers(3, "a coordinate of a point").CopyTo(targets, 3 * i);
        }
        Tensor? coordinates = isComplicated ? Vector(file.Numbers(2L * n, "a coordinate on a triangle"), n, 2) : null;
        Tensor theta = Vector(file.Numbers(parameters, "a parameter of the pose"));
        file.End($"the parameters ({simple} numbers after the sizes, or {complicated} in the complicated variant)");
        return new HandProblem(Path.GetFileNameWithoutExtension(path), model, vertices, Vector(targets, n, 3), theta, coordinates);
    }

    /// <summary>The distances as a function of the pose, [N, 3].</summary>
    /// <param name="theta">[26].</param>
    /// <param name="coordinates">On the triangles, [N, 2]; null in the simple variant.</param>
    public Tensor Objective(Tensor theta, Tensor? coordinates)
    {
        Tensor positions = Positions(theta);
        if (coordinates is null) return targets - positions;
        int n = targets.Shape[0];
        Tensor corners = positions.Reshape(3, n, 3), u = coordinates[.., ..1], v = coordinates[.., 1..2];
        return targets - ((u * corners[0]) + (v * corners[1]) + ((1 - u - v) * corners[2]));
    }

    public override Tensor Objective(IReadOnlyList<Tensor> inputs) => Objective(inputs[0], IsComplicated ? inputs[1] : null);

    /// <summary>
    /// The Jacobian, [N, 3, 26]; in the complicated variant [N, 3, 2 + 26]: what is not zero of the columns of the coordinates first. Those
    /// of different points share no row, so one direction serves all of them.
    /// </summary>
    public override Tensor Derivative(IReadOnlyList<Tensor> inputs) => IsComplicated
        ? Functional.Jacobian(v => Objective(v[2..], inputs[1] + v[..2]), Tensor.Cat([Tensor.Zeros([2], DType.Float64), inputs[0]]), JacobianMode.Forward)
        : Functional.Jacobian(pose => Objective(pose, null), inputs[0], JacobianMode.Forward);

    public override Tensor At(Tensor point) => (IsComplicated ? Objective(point[2..], coordinates! + point[..2]) : Objective(point, null)).Flatten();

    public override double[] Column(double[] derivative, int element)
    {
        int width = IsComplicated ? HandModel.Parameters + 2 : HandModel.Parameters;
        var column = new double[derivative.Length / width];
        for (int i = 0; i < column.Length; i++) column[i] = derivative[(i * width) + element];
        return column;
    }

    /// <summary>Where the vertices that matter are in a pose, [V, 3].</summary>
    private Tensor Positions(Tensor theta)
    {
        // Three angles for each bone; those that a hand does not have are 0.
        Tensor angles = Tensor.Cat([theta, Tensor.Zeros([1], DType.Float64)]).IndexSelect(0, angleLayout).Reshape(HandModel.Bones, 3);
        Tensor turned = model.Relative[.., .., ..3].MatMul(Rotations(angles));
        Tensor relative = Tensor.Cat([turned, model.Relative[.., .., 3..]], 2);

        // Down the tree, all bones of a level at once.
        var byLevel = new List<Tensor>();
        Tensor? above = null;
        foreach ((_, Tensor index, Tensor? parent) in levels)
        {
            Tensor own = relative.IndexSelect(0, index);
            above = above is null ? own : above.IndexSelect(0, parent!).MatMul(own);
            byLevel.Add(above);
        }
        Tensor absolute = Tensor.Cat(byLevel).IndexSelect(0, levelOrder);
        Tensor bones = absolute.MatMul(model.InverseAbsolute);

        Tensor placed = skin.MatMul(bones[.., ..3].Transpose(1, 2).Reshape(HandModel.Bones * 4, 3));
        return placed.MatMul(GlobalRotation(theta[..3]).T) + theta[3..6];
    }

    /// <summary>Rz·Ry·Rx of angles in the order x, z, y, [B, 3] to [B, 3, 3].</summary>
    private static Tensor Rotations(Tensor angles)
    {
        Tensor[] sin = angles.Sin().Unbind(1), cos = angles.Cos().Unbind(1);
        (Tensor sx, Tensor sz, Tensor sy) = (sin[0], sin[1], sin[2]);
        (Tensor cx, Tensor cz, Tensor cy) = (cos[0], cos[1], cos[2]);
        Tensor sysx = sy * sx, sycx = sy * cx;
        return Tensor.Stack(
        [
            cz * cy, (cz * sysx) - (sz * cx), (cz * sycx) + (sz * sx),
            sz * cy, (sz * sysx) + (cz * cx), (sz * sycx) - (cz * sx),
            -sy, cy * sx, cy * cx,
        ], 1).Reshape(angles.Shape[0], 3, 3);
    }

    /// <summary>The rotation by the length of a vector about its direction, [3] to [3, 3]; none for a vector that is nearly 0.</summary>
    private static Tensor GlobalRotation(Tensor rotation)
    {
        Tensor squared = rotation.Square().Sum(0, keepAxis: true);
        Tensor isSmall = squared < 0.0001 * 0.0001;
        Tensor angle = Tensor.Where(isSmall, 1, squared).Sqrt();
        Tensor axis = rotation / angle, cos = angle.Cos(), sin = angle.Sin();
        Tensor outer = axis.Unsqueeze(1) * axis.Unsqueeze(0), identity = Tensor.Eye(3, dtype: DType.Float64);
        Tensor cross = Tensor.Cat([axis, -axis, Tensor.Zeros([1], DType.Float64)]).IndexSelect(0, CrossLayout).Reshape(3, 3);
        Tensor matrix = outer + ((identity - outer) * cos) + (cross * sin);
        return Tensor.Where(isSmall, identity, matrix);
    }

    // [[0, -z, y], [z, 0, -x], [-y, x, 0]] from (x, y, z, -x, -y, -z, 0).
    private static Tensor CrossLayout { get; } = Tensor.FromArray((long[])[6, 5, 1, 2, 6, 3, 4, 0, 6]);

    /// <summary>Where the three angles of each bone stand among the parameters, or 26 where there is none.</summary>
    private static Tensor Angles()
    {
        var layout = new long[HandModel.Bones * 3];
        Array.Fill(layout, HandModel.Parameters);
        int parameter = 6, bone = 1;
        for (int finger = 0; finger < 5; finger++, bone += 4)
        {
            // The first joint bends in two directions, the second and third in one, the tip not at all: bones 2, 3 and 4 of a finger.
            for (int joint = 0; joint < 3; joint++)
            {
                layout[(3 * (bone + 1 + joint)) + 0] = parameter++;
                if (joint == 0) layout[(3 * (bone + 1 + joint)) + 1] = parameter++;
            }
        }
        return Tensor.FromArray(layout);
    }

    /// <summary>Sorts the bones by their depth in the tree; returns the place of each bone in that order.</summary>
    private Tensor Levels()
    {
        var depth = new int[HandModel.Bones];
        var place = new long[HandModel.Bones];
        for (int bone = 0; bone < depth.Length; bone++) depth[bone] = model.Parents[bone] < 0 ? 0 : depth[model.Parents[bone]] + 1;
        int[] above = [];
        int placed = 0;
        for (int level = 0; level <= depth.Max(); level++)
        {
            int[] bones = [.. Enumerable.Range(0, depth.Length).Where(bone => depth[bone] == level)];
            Tensor? parent = level == 0 ? null : Tensor.FromArray(bones.Select(bone => (long)Array.IndexOf(above, model.Parents[bone])).ToArray());
            levels.Add((bones, Tensor.FromArray(bones.Select(bone => (long)bone).ToArray()), parent));
            foreach (int bone in bones) place[bone] = placed++;
            above = bones;
        }
        return Tensor.FromArray(place);
    }
}
