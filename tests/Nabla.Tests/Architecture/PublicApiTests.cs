using System.Reflection;

namespace Nabla.Tests.Architecture;

/// <summary>
/// The public surface changes only on purpose: each assembly's is written down in PublicApi/NAME.PublicApi.txt. After an
/// intended change run the tests once with the environment variable NABLA_UPDATE_API=1, and read the difference.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData(typeof(Symbolics.Expr))]
    [InlineData(typeof(Tensor))]
    public void The_public_surface_is_the_one_that_was_written_down(Type typeOfAssembly)
    {
        Assembly assembly = typeOfAssembly.Assembly;
        string file = $"tests/Nabla.Tests/Architecture/PublicApi/{assembly.GetName().Name}.PublicApi.txt";
        string path = Path.Combine(Repository.Root, file);
        string[] actual = PublicSurface.Lines(assembly);
        if (Environment.GetEnvironmentVariable("NABLA_UPDATE_API") == "1") File.WriteAllText(path, string.Join('\n', actual) + "\n");
        string[] expected = File.Exists(path) ? File.ReadAllLines(path) : [];

        IEnumerable<string> changes = [.. actual.Except(expected).Select(line => "+ " + line), .. expected.Except(actual).Select(line => "- " + line)];

        Assert.True(actual.SequenceEqual(expected),
            $"The public surface of {assembly.GetName().Name} differs from {file}:\n{string.Join('\n', changes)}\n" +
            "If this is intended, run this test with NABLA_UPDATE_API=1, which rewrites the file, and commit it.");
    }
}
