"""Products of matrices and linear layers: "MatMul" with sizes, as the rows are named in bench/Nabla.Bench/Cases/MatrixCases.cs."""
import torch

from .registry import family, tensor


@family("MatMul")
def product(name):
    sizes, *words = name.split(", ")
    dtype = torch.float64 if "float64" in words else torch.float32
    backward = "with backward" in words
    batch, _, side = sizes.rpartition(" × ")
    n = int(side.rstrip("²"))
    shape = (int(batch), n, n) if batch else (n, n)
    x = tensor(shape, -1, 1, 0, dtype, backward)
    y = tensor(shape, -1, 1, 1, dtype, backward)
    gradient = tensor(shape, 0.5, 1.5, 99, dtype)

    def run():
        left = x.T if "left transposed" in words else x
        right = y.T if "right transposed" in words else y
        if not backward:
            return left @ right
        x.grad = y.grad = None
        (left @ right).backward(gradient)
        return x.grad

    return run


@family("Mv")
def vector(name):
    sizes, *words = name.split(", ")
    n = int(sizes.rstrip("²"))
    dtype = torch.float64 if "float64" in words else torch.float32
    x, y = tensor((n, n), -1, 1, 0, dtype), tensor((n,), -1, 1, 1, dtype)
    matrix = x.T if "transposed" in words else x
    return lambda: matrix @ y


@family("Linear")
def layer(name):
    words = name.split(", ")
    inputs, _, outputs = words[0].partition(" → ")
    batch, backward = int(words[1].removeprefix("batch ")), "with backward" in words
    x = tensor((batch, int(inputs)), -1, 1, 0, torch.float32, backward)
    weight = tensor((int(outputs), int(inputs)), -1, 1, 1, torch.float32, backward)
    bias = tensor((int(outputs),), -1, 1, 2, torch.float32, backward)
    gradient = tensor((batch, int(outputs)), 0.5, 1.5, 99, torch.float32)

    def run():
        if not backward:
            return torch.nn.functional.linear(x, weight, bias)
        x.grad = weight.grad = bias.grad = None
        torch.nn.functional.linear(x, weight, bias).backward(gradient)
        return weight.grad

    return run
