"""Products of matrices: "MatMul" with sizes, as the rows are named in bench/Nabla.Bench/Cases/MatrixCases.cs."""
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
