namespace Nabla.AdBench;

/// <summary>
/// The mean loss of a recurrent net of L layers that predicts the next of C characters of B bits. Its gates work element by element: layers
/// have two weights and biases from their input and two from their state. A scalar of 2·L·4·B + 3·B parameters.
/// </summary>
public sealed class LstmProblem : Problem
{
    private readonly Tensor main, extra, state, sequence;

    /// <param name="name">Of the file.</param>
    /// <param name="main">Weights and biases of each layer for forget, in, out and change, [L, 2, 4, B].</param>
    /// <param name="extra">Weight on the way in, weight and bias on the way out, [3, B].</param>
    /// <param name="state">Output and cell of each layer at the start, [L, 2, B].</param>
    /// <param name="sequence">The characters, [C, B].</param>
    public LstmProblem(string name, Tensor main, Tensor extra, Tensor state, Tensor sequence)
        : base(name) => (this.main, this.extra, this.state, this.sequence) = (main, extra, state, sequence);

    public override string Kind => "lstm";

    public override int Size => sequence.Shape[0];

    public override string Title => $"LSTM l{main.Shape[0]} c{sequence.Shape[0]} b{sequence.Shape[1]}";

    /// <summary>The parameters of the layers, those on the way in and out.</summary>
    public override IReadOnlyList<Tensor> Inputs => [main, extra];

    public override double[] Point => Flat(main, extra);

    internal static Int128 NumberCount(Int128 l, Int128 c, Int128 b) => (2 * l * 4 * b) + (3 * b) + (2 * l * b) + (c * b);

    public static new LstmProblem Read(string path)
    {
        var file = new ProblemFile(path);
        int l = file.Integer("the number of layers", 1), c = file.Integer("the number of characters", 2), b = file.Integer("the bits of a character", 1);
        Tensor main = Vector(file.Numbers(8L * l * b, "a weight or bias of a layer"), l, 2, 4, b), extra = Vector(file.Numbers(3L * b, "a weight or bias on the way in or out"), 3, b);
        Tensor state = Vector(file.Numbers(2L * l * b, "an element of the state"), l, 2, b), sequence = Vector(file.Numbers((long)c * b, "a bit of a character"), c, b);
        file.End("the characters");
        return new LstmProblem(Path.GetFileNameWithoutExtension(path), main, extra, state, sequence);
    }

    /// <summary>
    /// The objective as a function of its parameters. A layer's input is known for all characters before the layer begins, so the gates that
    /// read it are computed for all at once; those that read the state follow one another.
    /// </summary>
    public Tensor Objective(Tensor main, Tensor extra)
    {
        int steps = sequence.Shape[0] - 1;
        Tensor input = sequence[..steps] * extra[0];
        for (int layer = 0; layer < main.Shape[0]; layer++)
        {
            Tensor weight = main[layer, 0], bias = main[layer, 1];
            Tensor[] forget = ((input * weight[0]) + bias[0]).Sigmoid().Unbind();
            Tensor[] output = ((input * weight[2]) + bias[2]).Sigmoid().Unbind();
            Tensor ingateWeight = weight[1], ingateBias = bias[1], changeWeight = weight[3], changeBias = bias[3];
            Tensor hidden = state[layer, 0], cell = state[layer, 1];
            var outputs = new Tensor[steps];
            for (int t = 0; t < steps; t++)
            {
                Tensor ingate = ingateBias.Addcmul(hidden, ingateWeight).Sigmoid();
                Tensor change = changeBias.Addcmul(hidden, changeWeight).Tanh();
                cell = (cell * forget[t]).Addcmul(ingate, change);
                hidden = output[t] * cell.Tanh();
                outputs[t] = hidden;
            }
            input = Tensor.Stack(outputs);
        }
        Tensor predicted = (input * extra[1]) + extra[2];
        // The 2 is ADBench's.
        Tensor normalised = predicted - (predicted.Exp().Sum(1, keepAxis: true) + 2).Log();
        return -(sequence[1..] * normalised).Sum() / (steps * sequence.Shape[1]);
    }

    public override Tensor Objective(IReadOnlyList<Tensor> inputs) => Objective(inputs[0], inputs[1]);

    public override Tensor Derivative(IReadOnlyList<Tensor> inputs) => Gradient(Objective, inputs);

    public override Tensor At(Tensor point) => Objective(Cut(point, main, extra)).Reshape(1);

    public override double[] Column(double[] derivative, int element) => [derivative[element]];
}
