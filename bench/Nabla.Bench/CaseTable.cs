using Nabla.Bench.Cases;

namespace Nabla.Bench;

/// <summary>All groups of rows, in the order of the table. A new file of cases adds its line here.</summary>
internal static class CaseTable
{
    public static IEnumerable<CaseGroup> Groups(Options options) =>
    [
        ScalarCases.Group,
        ExampleCases.Group,
        FusedCases.Group,
        FusedCases.FirstCall,
        .. FormulaTable.Groups(),
        MatrixCases.Group,
        MatrixCases.AllThreads,
        TrainingCases.Group,
        TrainingCases.AllThreads,
        TransformCases.Group,
        .. AdBenchCases.Groups(options),
        ProcessCases.Group,
    ];
}
