namespace Nabla.AdBench;

/// <summary>The model of a hand: a tree of bones with the places they rest at, and a mesh whose vertices follow the bones by weights.</summary>
/// <param name="Parents">The bone that each hangs on, earlier in the list; -1 for none.</param>
/// <param name="Relative">Each bone relative to its parent, [B, 4, 4].</param>
/// <param name="InverseAbsolute">From the mesh at rest to each bone, [B, 4, 4].</param>
/// <param name="Positions">Vertices at rest with a fourth coordinate 1, [V, 4].</param>
/// <param name="Weights">How much a vertex follows a bone, [V, B].</param>
/// <param name="Triangles">Three vertices each, [T, 3].</param>
public sealed record HandModel(int[] Parents, Tensor Relative, Tensor InverseAbsolute, Tensor Positions, Tensor Weights, int[,] Triangles)
{
    /// <summary>The folder that ADBench keeps it in.</summary>
    public const string FolderName = "model";

    // ADBench's order of parameters: wrist, five fingers of four bones, forearm.
    internal const int Bones = 22, Parameters = 26;

    public int VertexCount => Positions.Shape[0];

    /// <summary>Finds the model beside a problem, or in a folder above it.</summary>
    public static HandModel For(string problem)
    {
        DirectoryInfo? folder = new FileInfo(problem).Directory;
        for (int level = 0; level < 3 && folder is not null; level++, folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, FolderName);
            if (File.Exists(Path.Combine(candidate, "bones.txt"))) return Read(candidate);
        }
        throw new ProblemFormatException($"{problem}, line 1: a problem of hand tracking needs {FolderName}/bones.txt, vertices.txt and triangles.txt in its folder or one above it.");
    }

    public static HandModel Read(string folder)
    {
        string bonesPath = Path.Combine(folder, "bones.txt"), verticesPath = Path.Combine(folder, "vertices.txt"), trianglesPath = Path.Combine(folder, "triangles.txt");
        foreach (string path in (string[])[verticesPath, trianglesPath])
        {
            if (!File.Exists(path)) throw new ProblemFormatException($"{path}, line 1: expected a part of the model, but there is no such file.");
        }

        var parents = new List<int>();
        List<double> relative = [], inverse = [];
        var bones = new ProblemFile(bonesPath, ':');
        while (bones.Remaining > 0)
        {
            string name = bones.Text("the name of a bone");
            parents.Add(bones.Integer($"the parent of {name}", -1, parents.Count - 1));
            relative.AddRange(bones.Numbers(16, $"an element of the relative matrix of {name}"));
            inverse.AddRange(bones.Numbers(16, $"an element of the absolute matrix of {name}"));
        }
        if (parents.Count != Bones) throw bones.ErrorHere($"expected {Bones} bones, wrist, five fingers of four and forearm, but found {parents.Count}");

        List<double> positions = [], weights = [];
        var vertices = new ProblemFile(verticesPath, ':');
        while (vertices.Remaining > 0)
        {
            positions.AddRange([.. vertices.Numbers(3, "a coordinate of a vertex"), 1]);
            vertices.Numbers(5, "a number of a vertex that is not used");
            var row = new double[parents.Count];
            int count = vertices.Integer("the number of bones of a vertex", 0, parents.Count);
            for (int i = 0; i < count; i++)
            {
                int bone = vertices.Integer("a bone of a vertex", 0, parents.Count - 1);
                row[bone] = vertices.Number("a weight of a vertex");
            }
            weights.AddRange(row);
        }
        int vertexCount = positions.Count / 4;

        var corners = new List<int>();
        var triangles = new ProblemFile(trianglesPath, ':');
        while (triangles.Remaining > 0) corners.Add(triangles.Integer("a vertex of a triangle", 0, vertexCount - 1));
        if (corners.Count % 3 != 0) throw triangles.ErrorHere($"expected three vertices for each triangle, but found {corners.Count} in all");
        var faces = new int[corners.Count / 3, 3];
        for (int i = 0; i < corners.Count; i++) faces[i / 3, i % 3] = corners[i];

        return new HandModel(
            [.. parents], Matrices(relative), Matrices(inverse), Tensor.FromArray(positions.ToArray(), DType.Float64).Reshape(vertexCount, 4),
            Tensor.FromArray(weights.ToArray(), DType.Float64).Reshape(vertexCount, parents.Count), faces);

        static Tensor Matrices(List<double> elements) => Tensor.FromArray(elements.ToArray(), DType.Float64).Reshape(elements.Count / 16, 4, 4);
    }
}
