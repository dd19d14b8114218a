namespace Nabla.Tests.Ops;

internal static partial class OpCalls
{
    private static IEnumerable<Sample> ImageSamples() =>
    [
        new("Conv2d", x => x[0].Conv2d(x[1], x[2]), S(2, 2, 4, 5), S(3, 2, 2, 3), S(3)),
        new("Conv2d", x => x[0].Conv2d(x[1], stride: (2, 1), padding: 1, dilation: (1, 2), groups: 2), S(1, 4, 4, 4), S(2, 2, 3, 2)),
        new("Conv2d", x => x[0].Conv2d(x[1], padding: 2, stride: 3), S(2, 1, 5, 7), S(2, 1, 3, 3)),
        new("ConvTranspose2d", x => x[0].ConvTranspose2d(x[1], x[2]), S(2, 2, 2, 3), S(2, 3, 2, 3), S(3)),
        new("ConvTranspose2d", x => x[0].ConvTranspose2d(x[1], stride: (2, 3), padding: 1, outputPadding: (1, 2), groups: 2, dilation: (2, 1)), S(1, 4, 2, 3), S(4, 1, 3, 2)),
        new("Conv1d", x => x[0].Conv1d(x[1], x[2], stride: 2, padding: 1), S(2, 2, 6), S(3, 2, 3), S(3)),
        new("MaxPool2d", x => x[0].MaxPool2d(2), S(1, 2, 4, 5)),
        new("MaxPool2d", x => x[0].MaxPool2d((3, 2), stride: 1, padding: 1), S(1, 1, 4, 3)),
        new("MaxPool2d", x => x[0].MaxPool2d((2, 3), stride: 2, dilation: (2, 1), ceilMode: true), S(2, 4, 6)),
        new("AvgPool2d", x => x[0].AvgPool2d(2, ceilMode: true), S(2, 3, 5)),
        new("AvgPool2d", x => x[0].AvgPool2d((2, 3), stride: 1, padding: 1, countPadding: false), S(1, 2, 4, 4)),
    ];
}
