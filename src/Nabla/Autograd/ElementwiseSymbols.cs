using Nabla.Symbolics;

namespace Nabla;

// On formulas an elementwise operation is what it declares: its formula, applied to those of the elements.
public sealed partial class ElementwiseOp
{
    private Tensor[] EvaluateSymbols(ReadOnlySpan<Tensor> inputs)
    {
        int[] dims = ResultDims(inputs);
        DType type = IsPredicate ? DType.Bool : ResultType(inputs);
        FormulaList list = SymbolicMode.ListOf(inputs);
        if (list is StepFormulas steps)
        {
            int[][] values = new int[inputs.Length][];
            for (int i = 0; i < values.Length; i++) values[i] = steps.Values(inputs[i], dims);
            return Array.ConvertAll(steps.Apply(Declared.Program, values, Shape.Product(dims)), column => SymbolicMode.Tensor(steps, column, dims, type));
        }
        var columns = new Expr[inputs.Length][];
        for (int i = 0; i < columns.Length; i++) columns[i] = SymbolicMode.Formulas(inputs[i], dims);
        int count = Shape.Product(dims);
        var results = new Expr[Declared.Outputs.Length][];
        for (int j = 0; j < results.Length; j++) results[j] = new Expr[count];
        var arguments = new Expr[inputs.Length];
        for (int element = 0; element < count; element++)
        {
            for (int i = 0; i < arguments.Length; i++) arguments[i] = columns[i][element];
            Expr[] outputs = define(arguments);
            for (int j = 0; j < results.Length; j++) results[j][element] = outputs[j];
        }
        return Array.ConvertAll(results, formulas => SymbolicMode.Tensor(list, formulas, dims, type));
    }
}
