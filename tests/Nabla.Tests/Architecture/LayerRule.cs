using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Nabla.Tests.Architecture;

/// <summary>
/// Finds the uses of symbols that are declared in a higher layer than the file that uses them. A layer is a folder; a member
/// of a partial type belongs to the folder of its own file, the type itself to the lowest folder that declares a part of it.
/// </summary>
internal sealed class LayerRule
{
    private readonly IReadOnlyDictionary<string, int> heights;
    private readonly CSharpCompilation compilation;

    /// <param name="heights">The height of each folder. Folders of the same height may not use each other.</param>
    /// <param name="sources">The files: path, whose first folder is the layer, and text.</param>
    /// <param name="assembly">The name under which they are compiled; it decides whose internals they see.</param>
    public LayerRule(IReadOnlyDictionary<string, int> heights, IEnumerable<(string Path, string Text)> sources, string assembly)
    {
        this.heights = heights;
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        IEnumerable<SyntaxTree> trees = sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, options, source.Path));
        compilation = CSharpCompilation.Create(assembly, trees.Append(CSharpSyntaxTree.ParseText(ImplicitUsings, options)), References(assembly),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    private const string ImplicitUsings =
        "global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic; " +
        "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>What the runtime of this test process can load, without the assembly that is compiled here and those above it.</summary>
    public static IEnumerable<MetadataReference> References(string assembly)
    {
        string[] above = [assembly, "Nabla.Cli", "Nabla.Tests"];
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !above.Contains(Path.GetFileNameWithoutExtension(path)))
            .Select(path => MetadataReference.CreateFromFile(path));
    }

    /// <summary>Why the sources do not compile: must be empty for the rule to see everything.</summary>
    public IEnumerable<string> Errors() =>
        compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString());

    /// <summary>The uses that point upwards: <c>Arrays/Shape.cs:12 uses Tensor.Sum of Ops/Sums.cs</c>.</summary>
    public IEnumerable<string> Violations()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(t => t.FilePath.Length > 0))
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
            {
                foreach (ISymbol symbol in Used(model, node))
                {
                    if (LowestPlace(symbol) is not { } place || MayUse(Layer(tree.FilePath), Layer(place))) continue;
                    int line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                    found.Add($"{tree.FilePath}:{line} uses {symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)} of {place}");
                }
            }
        }
        return found;
    }

    private bool MayUse(string user, string used) => user == used || heights[used] < heights[user];

    private static string Layer(string path) => path[..path.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Named symbols, and those that an expression calls without naming them: operators, conversions, builders, enumerators.</summary>
    private static IEnumerable<ISymbol> Used(SemanticModel model, SyntaxNode node)
    {
        var symbols = new List<ISymbol?>();
        if (node is ExpressionSyntax or ConstructorInitializerSyntax or PrimaryConstructorBaseTypeSyntax or AttributeSyntax)
        {
            SymbolInfo info = model.GetSymbolInfo(node);
            symbols.Add(info.Symbol);
            symbols.AddRange(info.CandidateSymbols);
        }
        if (node is ExpressionSyntax expression) symbols.Add(model.GetConversion(expression).MethodSymbol);
        if (node is CollectionExpressionSyntax && model.GetOperation(node) is ICollectionExpressionOperation collection) symbols.Add(collection.ConstructMethod);
        if (node is CommonForEachStatementSyntax loop) symbols.Add(model.GetForEachStatementInfo(loop).GetEnumeratorMethod);
        return symbols.OfType<ISymbol>().Where(symbol => symbol is not INamespaceSymbol);
    }

    /// <summary>The file that declares a symbol; of several, that of the lowest layer. Null for what comes from elsewhere.</summary>
    private string? LowestPlace(ISymbol symbol)
    {
        symbol = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol;
        symbol = symbol.OriginalDefinition;
        if (symbol.DeclaringSyntaxReferences.IsEmpty && symbol.ContainingType is { } type) symbol = type.OriginalDefinition;
        return symbol.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree.FilePath).Where(path => path.Length > 0)
            .MinBy(path => heights[Layer(path)]);
    }
}
