namespace Nabla.Nn;

/// <summary>The largest element of each window of an image: see <see cref="Tensor.MaxPool2d"/>.</summary>
/// <param name="kernelSize">The size of a window.</param>
/// <param name="stride">From one window to the next; the size of a window if left out.</param>
/// <param name="padding">How far windows reach beyond the image on each side, where nothing counts; at most half a window.</param>
/// <param name="dilation">From one element of a window to the next; 1 if left out.</param>
/// <param name="ceilMode">Whether a last window counts that is not whole, if it begins inside.</param>
public sealed class MaxPool2d(Pair kernelSize, Pair? stride = null, Pair? padding = null, Pair? dilation = null, bool ceilMode = false)
    : Activation(x => x.MaxPool2d(kernelSize, stride, padding, dilation, ceilMode));

/// <summary>The mean of each window of an image: see <see cref="Tensor.AvgPool2d"/>.</summary>
/// <param name="kernelSize">The size of a window.</param>
/// <param name="stride">From one window to the next; the size of a window if left out.</param>
/// <param name="padding">Zeros around the image on each side; at most half a window.</param>
/// <param name="countPadding">Whether those zeros count as elements of the window.</param>
/// <param name="ceilMode">Whether a last window counts that is not whole, if it begins inside.</param>
public sealed class AvgPool2d(Pair kernelSize, Pair? stride = null, Pair? padding = null, bool countPadding = true, bool ceilMode = false)
    : Activation(x => x.AvgPool2d(kernelSize, stride, padding, countPadding, ceilMode));
