using System.Globalization;
using System.Text;

namespace Nabla.AdBench;

/// <summary>Writes problem files in ADBench's formats, of any size, with numbers that depend on the seed alone.</summary>
public static class ProblemGenerator
{
    /// <summary>The problems that ADBench's files in common use have, generated: for machines without them.</summary>
    public static void WriteAll(string folder)
    {
        foreach ((int d, int k) in ((int, int)[])[(2, 5), (10, 25), (32, 50)]) WriteGmm(Path.Combine(folder, "gmm", "1k", $"gmm_d{d}_K{k}.txt"), d, k, 1000);
        WriteBundle(Path.Combine(folder, "ba", "ba1_n49_m7776_p31843.txt"), 49, 7776, 31843);
        WriteHandModel(Path.Combine(folder, "hand", HandModel.FolderName), vertices: 544);
        WriteHand(Path.Combine(folder, "hand", "simple_small", "hand1_t26_c100.txt"), 100, vertices: 544, complicated: false);
        WriteHand(Path.Combine(folder, "hand", "complicated_small", "hand1_t26_c100.txt"), 100, vertices: 544, complicated: true);
        WriteLstm(Path.Combine(folder, "lstm", "lstm_l2_c1024.txt"), 2, 1024, 14);
    }

    /// <summary>A Gaussian mixture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="d">Dimensions.</param>
    /// <param name="k">Gaussians.</param>
    /// <param name="n">Points.</param>
    /// <param name="replicated">Whether the file holds one point that stands for all.</param>
    /// <param name="seed">Of the numbers.</param>
    public static void WriteGmm(string path, int d, int k, int n, bool replicated = false, ulong seed = 1)
    {
        var numbers = new Numbers(seed);
        var text = new StringBuilder();
        Line(text, [d, k, n]);
        for (int i = 0; i < k; i++) Line(text, numbers.Normal(1));
        for (int i = 0; i < k; i++) Line(text, numbers.Uniform(d, 0, 1));
        for (int i = 0; i < k; i++) Line(text, numbers.Normal(d * (d + 1) / 2));
        for (int i = 0; i < (replicated ? 1 : n); i++) Line(text, numbers.Normal(d));
        Line(text, [1, 0]);
        Write(path, text);
    }

    /// <summary>Bundle adjustment: a camera, a point, a weight and a feature, to be repeated.</summary>
    public static void WriteBundle(string path, int cameras, int points, int observations, bool rotated = true, ulong seed = 1)
    {
        var numbers = new Numbers(seed);
        var text = new StringBuilder();
        Line(text, [cameras, points, observations]);
        double[] rotation = rotated ? numbers.Uniform(3, -1, 1) : [0, 0, 0];
        Line(text, [.. rotation, .. numbers.Uniform(3, 20, 60), .. numbers.Uniform(1, 200, 500), .. numbers.Uniform(2, -10, 10), .. numbers.Uniform(2, 0.001, 0.05)]);
        Line(text, numbers.Uniform(3, 0, 8));
        Line(text, numbers.Uniform(1, 0.2, 0.8));
        Line(text, numbers.Uniform(2, -500, 500));
        Write(path, text);
    }

    /// <summary>A pose and its points; the model must lie beside it or above.</summary>
    public static void WriteHand(string path, int points, int vertices, bool complicated, ulong seed = 1)
    {
        var numbers = new Numbers(seed);
        var text = new StringBuilder();
        Line(text, [points, HandModel.Parameters]);
        for (int i = 0; i < points; i++) Line(text, [Math.Floor(numbers.Uniform(1, 0, vertices - 2)[0]), .. numbers.Uniform(3, -1, 1)]);
        if (complicated)
        {
            for (int i = 0; i < points; i++) Line(text, numbers.Uniform(2, 0, 0.5));
        }
        foreach (double parameter in numbers.Normal(HandModel.Parameters)) Line(text, [parameter]);
        Write(path, text);
    }

    /// <summary>A hand of 22 bones at random places, with vertices that follow up to four of them.</summary>
    public static void WriteHandModel(string folder, int vertices, ulong seed = 1)
    {
        var numbers = new Numbers(seed);
        StringBuilder bones = new(), mesh = new(), triangles = new();
        for (int bone = 0; bone < HandModel.Bones; bone++)
        {
            int parent = bone == 0 ? -1 : (bone - 1) % 4 == 0 ? 0 : bone - 1;
            bones.Append(CultureInfo.InvariantCulture, $"bone{bone}:{parent}:").AppendJoin(':', (string[])[.. Placement(), .. Placement()]).Append('\n');
        }
        for (int i = 0; i < vertices; i++)
        {
            double[] weights = numbers.Uniform(1 + (i % 4), 0.1, 1);
            mesh.AppendJoin(':', numbers.Uniform(8, -0.1, 0.1).Select(Text)).Append(CultureInfo.InvariantCulture, $":{weights.Length}");
            for (int w = 0; w < weights.Length; w++) mesh.Append(CultureInfo.InvariantCulture, $":{(i + (5 * w)) % HandModel.Bones}:{Text(weights[w] / weights.Sum())}");
            mesh.Append('\n');
            if (i + 2 < vertices) triangles.Append(CultureInfo.InvariantCulture, $"{i}:{i + 1}:{i + 2}\n");
        }
        Write(Path.Combine(folder, "bones.txt"), bones);
        Write(Path.Combine(folder, "vertices.txt"), mesh);
        Write(Path.Combine(folder, "triangles.txt"), triangles);

        // A turn about the third axis and a shift.
        string[] Placement()
        {
            double[] free = numbers.Uniform(4, -0.5, 0.5);
            (double sin, double cos) = Math.SinCos(free[3]);
            return [.. ((double[])[cos, -sin, 0, free[0], sin, cos, 0, free[1], 0, 0, 1, free[2], 0, 0, 0, 1]).Select(Text)];
        }
    }

    /// <summary>A recurrent net and its characters.</summary>
    public static void WriteLstm(string path, int layers, int characters, int bits, ulong seed = 1)
    {
        var numbers = new Numbers(seed);
        var text = new StringBuilder();
        Line(text, [layers, characters, bits]);
        for (int i = 0; i < 2 * layers; i++) Line(text, numbers.Uniform(4 * bits, 0, 1));
        for (int i = 0; i < 3; i++) Line(text, numbers.Uniform(bits, 0, 1));
        for (int i = 0; i < 2 * layers; i++) Line(text, numbers.Uniform(bits, 0, 1));
        for (int i = 0; i < characters; i++) Line(text, [.. numbers.Uniform(bits, 0, 2).Select(Math.Floor)]);
        Write(path, text);
    }

    private static void Line(StringBuilder text, double[] values) => text.AppendJoin(' ', values.Select(Text)).Append('\n');

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Write(string path, StringBuilder text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text.ToString());
    }

    private sealed class Numbers(ulong seed)
    {
        private readonly Generator generator = new(seed);

        public double[] Normal(int count) => Tensor.RandN([count], DType.Float64, generator: generator).ToArray<double>();

        public double[] Uniform(int count, double low, double high) =>
            ((Tensor.Rand([count], DType.Float64, generator: generator) * (high - low)) + low).ToArray<double>();
    }
}
