using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>Copies images into the planes that <see cref="TapPlan"/> describes, and results out of them.</summary>
internal static unsafe class ConvolutionPlanes
{
    /// <summary>Elements after the planes that are read, but do not count: two of the widest registers and what is left of a line.</summary>
    public const int Slack = 64;

    /// <summary>Lays out the channels of one group of one image, with their frames and the slack.</summary>
    public static void Fill<T>(TapPlan plan, T* image, T* planes)
        where T : unmanaged
    {
        new Span<T>(planes, plan.PlanesSize + Slack).Clear();
        (int height, int width) = plan.Source;
        (int stepDown, int stepRight) = plan.Phases;
        for (int down = 0; down < stepDown; down++)
        {
            // Plane row t holds image row t·step + down − frame.
            int firstRow = Math.Max(0, (plan.Frame.Height - down + stepDown - 1) / stepDown);
            for (int right = 0; right < stepRight; right++)
            {
                int firstColumn = Math.Max(0, (plan.Frame.Width - right + stepRight - 1) / stepRight);
                int column = (firstColumn * stepRight) + right - plan.Frame.Width;
                int count = Math.Min(plan.PlaneWidth - firstColumn, (width - column + stepRight - 1) / stepRight);
                if (count <= 0)
                {
                    planes += plan.SourceChannels * plan.PlaneSize;
                    continue;
                }
                for (int channel = 0; channel < plan.SourceChannels; channel++, planes += plan.PlaneSize)
                {
                    T* from = image + ((nint)channel * height * width) + column;
                    T* to = planes + firstColumn;
                    for (int t = firstRow, row = (firstRow * stepDown) + down - plan.Frame.Height; row < height && t < plan.PlaneHeight; t++, row += stepDown)
                    {
                        T* source = from + ((nint)row * width), target = to + ((nint)t * plan.PlaneWidth);
                        if (stepRight == 1) Unsafe.CopyBlockUnaligned(target, source, (uint)(count * sizeof(T)));
                        else
                            for (int u = 0; u < count; u++) target[u] = source[u * stepRight];
                    }
                }
            }
        }
    }

    /// <summary>Rows of an image as far apart as those of the planes, with zeros between them and at the end.</summary>
    public static void Spread<T>(T* image, int channels, int height, int width, int rowStep, T* to, nint length)
        where T : unmanaged
    {
        new Span<T>(to, checked((int)(channels * length))).Clear();
        for (int channel = 0; channel < channels; channel++, to += length)
            for (int row = 0; row < height; row++, image += width)
                Unsafe.CopyBlockUnaligned(to + ((nint)row * rowStep), image, (uint)(width * sizeof(T)));
    }

    /// <summary>Copies rows of sums to their places in a channel of the result, and adds its bias.</summary>
    public static void Place<R, V, T>(TapGrid grid, int firstRow, int rows, T* sums, int sumsRow, T bias, T* channel, int width)
        where R : struct, IRegister<V, T>
        where V : unmanaged
        where T : unmanaged, INumber<T>
    {
        V added = R.Create(bias);
        T* to = channel + ((nint)(grid.FirstRow + (firstRow * grid.RowStep)) * width) + grid.FirstColumn;
        nint step = (nint)grid.RowStep * width;
        for (int row = 0; row < rows; row++, sums += sumsRow, to += step)
        {
            int column = 0;
            if (grid.ColumnStep == 1)
            {
                for (; column + R.Lanes <= grid.Columns; column += R.Lanes) R.Store(to + column, R.Add(R.Load(sums + column), added));
                if (column < grid.Columns) R.StoreFirst(to + column, R.Add(R.Load(sums + column), added), grid.Columns - column, add: null);
                continue;
            }
            for (; column < grid.Columns; column++) to[(nint)column * grid.ColumnStep] = sums[column] + bias;
        }
    }
}
