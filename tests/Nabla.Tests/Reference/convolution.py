"""Convolutions and pooling in float64: values, and gradients of sum(result * weights).

Each case: op, settings, arguments (nested), its result and the gradient of the functional with respect to every argument; weight i
(row-major) is 0.5 + 0.25 * (i mod 5) - 0.1 * (i mod 3). The arguments have few digits and ties within windows.
"""

import torch
from reference import write

F = torch.nn.functional
cases = []


def numbers(*shape, seed):
    count = int(torch.tensor(shape).prod())
    index = torch.arange(count, dtype=torch.float64)
    return (((index * (7 + seed) + 3 * seed) % 11 - 5) / 4).reshape(shape)


def weights_of(tensor):
    index = torch.arange(tensor.numel(), dtype=torch.float64)
    return (0.5 + 0.25 * (index % 5) - 0.1 * (index % 3)).reshape(tensor.shape)


def add(op, function, arguments, **settings):
    xs = [x.clone().requires_grad_() for x in arguments]
    result = function(*xs, **settings)
    gradients = torch.autograd.grad((result * weights_of(result)).sum(), xs)
    cases.append({"op": op, "settings": settings, "arguments": arguments, "result": result, "gradients": list(gradients)})


def images(*shape):
    return numbers(*shape, seed=1)


for settings in ({}, {"stride": [2, 1]}, {"padding": [1, 2]}, {"dilation": [2, 1]}, {"stride": [2, 3], "padding": [2, 1], "dilation": [1, 2]}):
    add("conv2d", F.conv2d, [images(2, 2, 6, 7), numbers(3, 2, 3, 2, seed=2), numbers(3, seed=3)], **settings)
add("conv2d", F.conv2d, [images(1, 4, 4, 4), numbers(6, 2, 2, 2, seed=2), numbers(6, seed=3)], groups=2, padding=[1, 1])
add("conv2d", F.conv2d, [images(2, 3, 5, 4), numbers(3, 1, 3, 3, seed=2), numbers(3, seed=3)], groups=3, padding=[1, 1])
add("conv1d", F.conv1d, [images(2, 2, 9), numbers(3, 2, 3, seed=2), numbers(3, seed=3)], stride=2, padding=1)
add("conv1d", F.conv1d, [images(1, 2, 9), numbers(4, 1, 2, seed=2), numbers(4, seed=3)], dilation=3, groups=2)
add("conv2d", F.conv2d, [images(2, 2, 3, 3), numbers(13, 2, 3, 3, seed=2), numbers(13, seed=3)])
add("conv2d", F.conv2d, [images(2, 1, 9, 9), numbers(2, 1, 2, 2, seed=2), numbers(2, seed=3)], stride=[3, 4], padding=[0, 3])
for settings in ({}, {"stride": [2, 1]}, {"padding": [1, 2]}, {"dilation": [2, 1]}, {"stride": [2, 3], "padding": [2, 1], "dilation": [1, 2], "output_padding": [1, 2]},
                 {"dilation": [3, 4], "output_padding": [2, 3]}):
    add("conv_transpose2d", F.conv_transpose2d, [images(2, 2, 4, 5), numbers(2, 3, 3, 2, seed=2), numbers(3, seed=3)], **settings)
add("conv_transpose2d", F.conv_transpose2d, [images(1, 4, 3, 4), numbers(4, 3, 2, 2, seed=2), numbers(6, seed=3)], groups=2, stride=[3, 3])
add("max_pool2d", F.max_pool2d, [images(2, 2, 6, 7)], kernel_size=[2, 2])
add("max_pool2d", F.max_pool2d, [images(1, 2, 6, 7)], kernel_size=[3, 2], stride=[1, 2], padding=[1, 1])
add("max_pool2d", F.max_pool2d, [images(1, 2, 6, 7)], kernel_size=[2, 3], stride=[2, 1], dilation=[2, 1])
add("max_pool2d", F.max_pool2d, [torch.ones(1, 1, 4, 4, dtype=torch.float64)], kernel_size=[2, 2])
add("max_pool2d", F.max_pool2d, [images(2, 7, 8)], kernel_size=[2, 3], stride=[2, 2], ceil_mode=True)
add("max_pool2d", F.max_pool2d, [images(1, 2, 5, 5)], kernel_size=[3, 2], stride=[3, 3], padding=[1, 1], ceil_mode=True)
add("avg_pool2d", F.avg_pool2d, [images(2, 2, 6, 7)], kernel_size=[2, 3])
add("avg_pool2d", F.avg_pool2d, [images(2, 7, 8)], kernel_size=[2, 3], stride=[2, 2], ceil_mode=True)
add("avg_pool2d", F.avg_pool2d, [images(1, 2, 5, 5)], kernel_size=[3, 3], stride=[3, 3], padding=[1, 1], ceil_mode=True)
add("avg_pool2d", F.avg_pool2d, [images(1, 2, 5, 5)], kernel_size=[3, 3], stride=[3, 3], padding=[1, 1], ceil_mode=True, count_include_pad=False)
add("avg_pool2d", F.avg_pool2d, [images(1, 2, 5, 5)], kernel_size=[3, 3], stride=[2, 2], padding=[1, 1])
add("avg_pool2d", F.avg_pool2d, [images(1, 2, 5, 5)], kernel_size=[3, 3], stride=[2, 2], padding=[1, 1], count_include_pad=False)

write(cases)
