"""Layers of torch.nn in float64: values, gradients of sum(result * weights) by the input and every parameter, running statistics.

The parameters, in the order of named_parameters(), and the inputs are numbers(…, seed) with seeds 1, 2, … and 10, 11, …; weight i of
the functional (row-major) is 0.5 + 0.25 * (i mod 5) - 0.1 * (i mod 3). The layer is called once with each input, while training if
"train" is set; result and gradients belong to the last call, the state to the time after it.
"""

import torch
from reference import write

nn = torch.nn
cases = []


def numbers(shape, seed):
    count = int(torch.tensor(shape).prod())
    index = torch.arange(count, dtype=torch.float64)
    return (((index * (7 + seed) + 3 * seed) % 11 - 5) / 4).reshape(shape)


def weights_of(tensor):
    index = torch.arange(tensor.numel(), dtype=torch.float64)
    return (0.5 + 0.25 * (index % 5) - 0.1 * (index % 3)).reshape(tensor.shape)


def add(kind, arguments, *shapes, train=True, calls_in_training=0, **settings):
    layer = getattr(nn, kind)(*arguments, **settings).double()
    with torch.no_grad():
        for seed, parameter in enumerate(layer.parameters(), 1):
            parameter.copy_(numbers(parameter.shape, seed))
    inputs = [numbers(shape, 10 + i).requires_grad_() for i, shape in enumerate(shapes)]
    for i, x in enumerate(inputs):
        layer.train(train or i < calls_in_training)
        result = layer(x)
    gradients = torch.autograd.grad((result * weights_of(result)).sum(), [inputs[-1], *layer.parameters()])
    cases.append({
        "kind": kind, "arguments": arguments, "settings": settings, "shapes": shapes, "train": train, "calls_in_training": calls_in_training,
        "result": result, "gradients": list(gradients), "buffers": {name: buffer.double() for name, buffer in layer.named_buffers()}})


add("Conv1d", [2, 3, 3], [2, 2, 8], stride=2, padding=1)
add("Conv1d", [2, 4, 2], [1, 2, 7], dilation=2, groups=2, padding=2, padding_mode="replicate")
add("Conv2d", [2, 3, [3, 2]], [2, 2, 5, 6], padding=[1, 0], stride=[1, 2])
add("Conv2d", [2, 4, 3], [1, 2, 5, 6], padding=[2, 1], padding_mode="reflect", bias=False)
add("Conv2d", [2, 2, 3], [1, 2, 5, 4], padding=1, padding_mode="circular", groups=2)
add("ConvTranspose2d", [2, 3, [3, 2]], [2, 2, 3, 4], stride=2, padding=[1, 0], output_padding=1)
add("ConvTranspose2d", [4, 2, 3], [1, 4, 3, 3], groups=2, dilation=[2, 1], bias=False)
add("MaxPool2d", [2], [2, 2, 5, 6])
add("MaxPool2d", [[3, 2]], [1, 2, 6, 6], stride=2, padding=1)
add("AvgPool2d", [2], [2, 2, 5, 6])
add("AvgPool2d", [3], [1, 2, 6, 5], stride=2, padding=1, count_include_pad=False)
add("BatchNorm1d", [3], [4, 3], [5, 3])
add("BatchNorm1d", [3], [2, 3, 4], [2, 3, 5], momentum=None)
add("BatchNorm1d", [3], [4, 3], [5, 3], train=False, calls_in_training=1, eps=1e-3)
add("BatchNorm1d", [3], [4, 3], [5, 3], train=False, track_running_stats=False)
add("BatchNorm2d", [2], [2, 2, 3, 4], [1, 2, 2, 3], momentum=0.3)
add("BatchNorm2d", [2], [2, 2, 3, 4], affine=False)
add("BatchNorm2d", [2], [2, 2, 3, 4], [3, 2, 1, 1], train=False, calls_in_training=1)
add("LayerNorm", [5], [3, 5])
add("LayerNorm", [[2, 3]], [2, 2, 2, 3], eps=1e-2)
add("LayerNorm", [4], [2, 4], elementwise_affine=False)
write(cases)
