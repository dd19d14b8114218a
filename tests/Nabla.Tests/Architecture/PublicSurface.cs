using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Nabla.Tests.Architecture;

/// <summary>What an assembly shows to the world, as sorted lines of text: one per type, one per member.</summary>
internal static class PublicSurface
{
    private static readonly SymbolDisplayFormat TypeName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance);

    private static readonly SymbolDisplayFormat Member = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeModifiers
            | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeConstantValue
            | SymbolDisplayMemberOptions.IncludeExplicitInterface,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>The lines of an assembly that this test process has loaded.</summary>
    public static string[] Lines(System.Reflection.Assembly assembly)
    {
        MetadataReference surface = MetadataReference.CreateFromFile(assembly.Location);
        var compilation = CSharpCompilation.Create("Reader", references: LayerRule.References("Reader").Append(surface));
        var symbol = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(surface)!;
        var lines = new List<string>();
        Walk(symbol.GlobalNamespace, lines);
        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }

    private static void Walk(INamespaceOrTypeSymbol container, List<string> lines)
    {
        foreach (ISymbol member in container.GetMembers())
        {
            if (member is INamespaceSymbol inner) Walk(inner, lines);
            if (member is not INamedTypeSymbol type || !IsVisible(type)) continue;
            string name = type.ToDisplayString(TypeName);
            lines.Add($"{name} is {Kind(type)}");
            foreach (ISymbol own in type.GetMembers())
                if (own is not INamedTypeSymbol && IsVisible(own) && IsWritten(own)) lines.Add($"{name}: {own.ToDisplayString(Member)}");
            Walk(type, lines);
        }
    }

    private static bool IsVisible(ISymbol symbol) => symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    /// <summary>Accessors are part of their property or event; a structure's constructor without arguments is always there.</summary>
    private static bool IsWritten(ISymbol member) => member is not IMethodSymbol method
        || (method.AssociatedSymbol is null && !(method.MethodKind == MethodKind.Constructor && method.Parameters.IsEmpty && method.ContainingType.IsValueType));

    private static string Kind(INamedTypeSymbol type)
    {
        string kind = type.TypeKind switch
        {
            TypeKind.Class when type.IsStatic => "a static class",
            TypeKind.Class => (type.IsAbstract ? "an abstract " : type.IsSealed ? "a sealed " : "a ") + (type.IsRecord ? "record" : "class"),
            TypeKind.Struct => (type.IsReadOnly ? "a readonly " : "a ") + (type.IsRecord ? "record struct" : "struct"),
            TypeKind.Enum => "an enum",
            TypeKind.Interface => "an interface",
            _ => "a delegate",
        };
        IEnumerable<string> bases = type.Interfaces.Where(IsVisible).Select(i => i.ToDisplayString(Member)).Order(StringComparer.Ordinal);
        if (type.BaseType is { SpecialType: SpecialType.None } parent) bases = bases.Prepend(parent.ToDisplayString(Member));
        string all = string.Join(", ", bases);
        return all.Length == 0 || type.TypeKind == TypeKind.Delegate ? kind : $"{kind}: {all}";
    }
}
