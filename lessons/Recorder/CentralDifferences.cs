namespace Nabla.Lessons;

/// <summary>
/// Derivatives from function values alone, in float64. The quotient (f(x+h) − f(x−h)) / 2h has an error in h², h⁴, …; from
/// steps h, h/2 and h/4 Richardson's extrapolation removes the first two terms. With h = 0.002 what remains is of the order of
/// 1e-12 of the function where it varies over lengths of 0.1 or more.
/// </summary>
public static class CentralDifferences
{
    private const double Step = 2e-3;

    /// <summary>The gradient of a scalar function of a tensor at a point; float64, whatever the point's own type.</summary>
    public static Numbers Gradient(Func<Tensor, Tensor> function, Tensor at)
    {
        int[] shape = at.Shape.ToArray();
        return Gradient(values => function(Tensor.FromSpan<double>(values, Shape.Create(shape))).Item(), at.Detach().ToArray<double>());
    }

    /// <summary>The gradient of a scalar function of plain numbers.</summary>
    public static Numbers Gradient(Func<double[], double> function, double[] at)
    {
        var gradient = new double[at.Length];
        double[] x = [.. at];
        for (int i = 0; i < x.Length; i++)
        {
            gradient[i] = Extrapolate(Step * Math.Max(1, Math.Abs(at[i])), h =>
            {
                x[i] = at[i] + h;
                double above = function(x), width = x[i];
                x[i] = at[i] - h;
                double below = function(x);
                width -= x[i]; // 2h as the numbers really have it
                x[i] = at[i];
                return (above - below) / width;
            });
        }

        return gradient;
    }

    /// <summary>The n-th derivative of a function of one number, from n + 1 values around it.</summary>
    public static double Derivative(Func<double, double> function, double at, int order)
    {
        // Rounding is divided by hⁿ: the step grows with the order.
        double step = order == 1 ? Step : order == 2 ? 0.02 : 0.1;
        return Extrapolate(step * Math.Max(1, Math.Abs(at)), h =>
        {
            double sum = 0, binomial = 1;
            for (int k = 0; k <= order; k++)
            {
                sum += (k % 2 == 0 ? binomial : -binomial) * function(at + (((0.5 * order) - k) * h));
                binomial = binomial * (order - k) / (k + 1);
            }

            return sum / Math.Pow(h, order);
        });
    }

    /// <summary>The Jacobian of a function of a tensor at a point, row-major: one row for each element of the result.</summary>
    public static double[] Jacobian(Func<Tensor, Tensor> function, Tensor at)
    {
        int rows = function(at.Detach()).Numel;
        return [.. Enumerable.Range(0, rows).SelectMany(row => Gradient(x => function(x).Reshape(rows)[row], at))];
    }

    /// <summary>
    /// The Hessian of a scalar function times a vector, of function values alone: with the curvature c(d) along a direction d,
    /// element i is (c(v + eᵢ) − c(v − eᵢ)) / 4.
    /// </summary>
    public static double[] HessianTimes(Func<Tensor, Tensor> function, Tensor at, Tensor vector)
    {
        int[] shape = at.Shape.ToArray();
        double[] x = at.Detach().ToArray<double>(), v = vector.Detach().ToArray<double>();
        double size = Math.Sqrt(v.Sum(element => element * element));
        return [.. Enumerable.Range(0, x.Length).Select(i => size * (Curvature(i, 1) - Curvature(i, -1)) / 4)];

        double Curvature(int unit, double sign) => Derivative(t => function(Moved(unit, sign, t)).Item(), 0, order: 2);

        Tensor Moved(int unit, double sign, double t)
        {
            double[] moved = [.. x.Select((element, j) => element + (t * ((v[j] / size) + (j == unit ? sign : 0))))];
            return Tensor.FromSpan<double>(moved, Shape.Create(shape));
        }
    }

    private static double Extrapolate(double step, Func<double, double> quotient)
    {
        double coarse = quotient(step), middle = quotient(step / 2), fine = quotient(step / 4);
        double first = ((4 * middle) - coarse) / 3, second = ((4 * fine) - middle) / 3;
        return ((16 * second) - first) / 15;
    }
}
