namespace Nabla;

/// <summary>
/// How a convolution, or its transpose, becomes sums over contiguous runs of memory.
/// </summary>
/// <remarks>
/// <code>
/// planes:  the channels of an image, each with its frame of zeros, one row after the other, `PlaneWidth` apart
/// result:  y[q, p] = Σₖ w[q, k] · planes[offset(k) + p]        for all places p = row · PlaneWidth + column at once
/// </code>
/// A tap k is one element of a kernel: a channel and a place in the window, hence one distance in memory for all p. Places
/// between the last column and the next row get sums of no meaning, which are not copied out. Where windows are several
/// steps apart, each channel is cut into planes of every so many-th row and column, so that steps are again 1. The transpose
/// does the same the other way round: each grid of every so many-th row and column of the image is a result of its own, with
/// the taps that reach it.
/// </remarks>
internal sealed class TapPlan
{
    /// <summary>Rows and columns of what is summed, before the frame.</summary>
    public required Pair Source { get; init; }

    /// <summary>Its channels in a group.</summary>
    public required int SourceChannels { get; init; }

    /// <summary>Into how many planes rows and columns of a channel are cut.</summary>
    public required Pair Phases { get; init; }

    /// <summary>Zeros above and to the left.</summary>
    public required Pair Frame { get; init; }

    public required int PlaneHeight { get; init; }

    public required int PlaneWidth { get; init; }

    /// <summary>The channels of a group of the result.</summary>
    public required int ResultChannels { get; init; }

    /// <summary>Rows and columns of the result.</summary>
    public required Pair Result { get; init; }

    /// <summary>From a channel of the result to the next among the weights.</summary>
    public required int WeightStep { get; init; }

    /// <summary>The weights of a group, which lie together.</summary>
    public required int WeightsOfGroup { get; init; }

    public required TapGrid[] Grids { get; init; }

    public int PlaneSize => PlaneHeight * PlaneWidth;

    public int PlanesSize => Phases.Height * Phases.Width * SourceChannels * PlaneSize;

    /// <summary>The part of what is computed that is wanted, where registers hold so many numbers.</summary>
    public double Use(int lanes)
    {
        long wanted = 0, computed = 0;
        foreach (TapGrid grid in Grids)
        {
            wanted += (long)grid.Rows * grid.Columns * grid.Offsets.Length;
            computed += (long)(grid.Length(PlaneWidth) + lanes - 1) / lanes * lanes * grid.Offsets.Length;
        }
        return computed == 0 ? 1 : (double)wanted / computed;
    }

    /// <summary>Results from images.</summary>
    public static TapPlan Forward(ConvolutionShape s)
    {
        (int stepDown, int stepRight) = s.Stride;
        int height = Up(s.Height + (2 * s.Padding.Height), stepDown), width = Up(s.Width + (2 * s.Padding.Width), stepRight);
        var offsets = new nint[s.Taps];
        var weights = new int[s.Taps];
        int k = 0;
        for (int channel = 0; channel < s.GroupChannels; channel++)
        {
            for (int i = 0; i < s.Kernel.Height; i++)
            {
                (int down, int phaseDown) = Math.DivRem(i * s.Dilation.Height, stepDown);
                for (int j = 0; j < s.Kernel.Width; j++, k++)
                {
                    (int right, int phaseRight) = Math.DivRem(j * s.Dilation.Width, stepRight);
                    nint plane = (((phaseDown * stepRight) + phaseRight) * s.GroupChannels) + channel;
                    offsets[k] = (plane * height * width) + (down * width) + right;
                    weights[k] = k;
                }
            }
        }
        return new TapPlan
        {
            Source = (s.Height, s.Width), SourceChannels = s.GroupChannels, Phases = s.Stride, Frame = s.Padding, PlaneHeight = height, PlaneWidth = width,
            ResultChannels = s.GroupOutputs, Result = (s.OutHeight, s.OutWidth), WeightStep = s.Taps, WeightsOfGroup = s.GroupOutputs * s.Taps,
            Grids = [new TapGrid(offsets, weights, s.OutHeight, s.OutWidth, 0, 1, 0, 1)],
        };
    }

    /// <summary>Images from results.</summary>
    public static TapPlan Transposed(ConvolutionShape s)
    {
        AxisTaps[] rows = AxisTaps.Of(s.Height, s.OutHeight, s.Kernel.Height, s.Stride.Height, s.Padding.Height, s.Dilation.Height, out int above, out int height);
        AxisTaps[] columns = AxisTaps.Of(s.Width, s.OutWidth, s.Kernel.Width, s.Stride.Width, s.Padding.Width, s.Dilation.Width, out int left, out int width);
        var grids = new List<TapGrid>();
        foreach (AxisTaps row in rows)
        {
            foreach (AxisTaps column in columns)
            {
                if (row.Count == 0 || column.Count == 0) continue;
                var offsets = new nint[s.GroupOutputs * row.Taps.Length * column.Taps.Length];
                var weights = new int[offsets.Length];
                int k = 0;
                for (int channel = 0; channel < s.GroupOutputs; channel++)
                {
                    foreach ((int i, int down) in row.Taps)
                    {
                        foreach ((int j, int right) in column.Taps)
                        {
                            offsets[k] = ((((nint)channel * height) + above + down) * width) + left + right;
                            weights[k++] = (channel * s.Taps) + (i * s.Kernel.Width) + j;
                        }
                    }
                }
                grids.Add(new TapGrid(offsets, weights, row.Count, column.Count, row.First, s.Stride.Height, column.First, s.Stride.Width));
            }
        }
        return new TapPlan
        {
            Source = (s.OutHeight, s.OutWidth), SourceChannels = s.GroupOutputs, Phases = 1, Frame = (above, left), PlaneHeight = height, PlaneWidth = width,
            ResultChannels = s.GroupChannels, Result = (s.Height, s.Width), WeightStep = s.Kernel.Height * s.Kernel.Width, WeightsOfGroup = s.GroupOutputs * s.Taps,
            Grids = [.. grids],
        };
    }

    private static int Up(int length, int step) => (length + step - 1) / step;

    /// <summary>
    /// Every <c>step</c>-th row (or column) of an image from <paramref name="First"/> on, and the taps that reach it: the place
    /// in the kernel, and which row of the results it takes for the first of these rows.
    /// </summary>
    private readonly record struct AxisTaps(int First, int Count, (int Place, int Start)[] Taps)
    {
        public static AxisTaps[] Of(int length, int results, int kernel, int step, int padding, int dilation, out int before, out int framed)
        {
            var all = new AxisTaps[step];
            before = 0;
            int last = results - 1;
            for (int phase = 0; phase < step; phase++)
            {
                // Image row h = step·t + phase − padding is reached by tap i from result row t − (dilation·i − phase)/step.
                int first = padding > phase ? (padding - phase + step - 1) / step : 0;
                int count = Math.Max(0, ((length - 1 + padding - phase + step) / step) - first);
                var taps = new List<(int, int)>();
                for (int i = 0; i < kernel; i++)
                {
                    if ((i * dilation) % step != phase) continue;
                    int start = first - (((i * dilation) - phase) / step);
                    taps.Add((i, start));
                    before = Math.Max(before, -start);
                    last = Math.Max(last, start + count - 1);
                }
                all[phase] = new AxisTaps((step * first) + phase - padding, count, [.. taps]);
            }
            framed = before + last + 1;
            return all;
        }
    }
}

/// <summary>A grid of places of the result, every so many-th row and column, with the taps that are summed for it.</summary>
/// <param name="Offsets">Where a tap is read for the first place.</param>
/// <param name="Weights">Where its weight is, for the first channel of the result.</param>
/// <param name="Rows">Rows of the grid.</param>
/// <param name="Columns">Columns of the grid.</param>
/// <param name="FirstRow">Its first row in the result.</param>
/// <param name="RowStep">From one of its rows to the next.</param>
/// <param name="FirstColumn">Its first column in the result.</param>
/// <param name="ColumnStep">From one of its columns to the next.</param>
internal sealed record TapGrid(nint[] Offsets, int[] Weights, int Rows, int Columns, int FirstRow, int RowStep, int FirstColumn, int ColumnStep)
{
    /// <summary>From its first place to the last, where rows are so far apart.</summary>
    public int Length(int planeWidth) => ((Rows - 1) * planeWidth) + Columns;
}
