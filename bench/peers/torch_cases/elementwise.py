"""Formulas and reductions over float32 numbers: forward alone, and forward with backward from a given gradient."""
import torch

from .registry import CASES, tensor

# Elements, and the shape of those that reduce or run along one of two axes.
SIZES = {"1e3": (10, 100), "1e4": (100, 100), "1e5": (100, 1000), "1e6": (1000, 1000), "1e7": (1000, 10000)}


def register(name, function, *ranges, matrix=False, backward=True):
    """Registers a function at each size."""
    for size, shape in SIZES.items():
        register_size(f"{name}, {size}", function, ranges, shape if matrix else (int(float(size)),), backward)


def register_size(name, function, ranges, shape, backward):
    def forward():
        inputs = [tensor(shape, low, high, seed) for seed, (low, high) in enumerate(ranges)]

        def run():
            with torch.no_grad():
                return function(*inputs)

        return run

    def both():
        inputs = [tensor(shape, low, high, seed, requires_grad=True) for seed, (low, high) in enumerate(ranges)]
        gradient = tensor(function(*inputs).shape, 0.5, 1.5, 99)

        def run():
            for x in inputs:
                x.grad = None
            function(*inputs).backward(gradient)
            return inputs[0].grad

        return run

    CASES[name] = forward
    if backward:
        CASES[f"{name}, with backward"] = both


REAL, POSITIVE, LOPSIDED = (-3.0, 3.0), (0.1, 3.0), (-1.0, 2.0)
register("x + y", lambda x, y: x + y, REAL, REAL)
register("x · y", lambda x, y: x * y, REAL, REAL)
register("x · 1.5", lambda x: x * 1.5, REAL)
register("x / y", lambda x, y: x / y, REAL, POSITIVE)
register("-x", lambda x: -x, REAL)
register("Abs", torch.abs, REAL)
register("Exp", torch.exp, REAL)
register("Log", torch.log, POSITIVE)
register("Tanh", torch.tanh, REAL)
register("Sigmoid", torch.sigmoid, REAL)
register("Sqrt", torch.sqrt, POSITIVE)
register("Sin", torch.sin, REAL)
register("Cos", torch.cos, REAL)
register("Erf", torch.erf, REAL)
register("Pow(2)", lambda x: x**2, REAL)
register("Pow(2.5)", lambda x: x**2.5, POSITIVE)
register("Relu", torch.relu, REAL)
register("Gelu", torch.nn.functional.gelu, REAL)
register("Clamp(-1, 1)", lambda x: torch.clamp(x, -1.0, 1.0), REAL)
register("Maximum", torch.maximum, REAL, REAL)
register("x < y", lambda x, y: x < y, REAL, REAL, backward=False)
register("Where", lambda x, y, c: torch.where(c.detach() < 0.5, x, y), REAL, REAL, (0.0, 1.0))

register("Sum", torch.sum, LOPSIDED)
register("Mean", torch.mean, LOPSIDED)
register("Sum over axis 0", lambda x: x.sum(0), LOPSIDED, matrix=True)
register("Sum over axis 1", lambda x: x.sum(1), LOPSIDED, matrix=True)
register("Max", torch.max, REAL)
register("Var", torch.var, REAL)
register("Norm", torch.norm, REAL)
register("LogSumExp", lambda x: torch.logsumexp(x, 0), REAL)
register("Softmax over rows", lambda x: torch.softmax(x, 1), REAL, matrix=True)
register("CumSum", lambda x: torch.cumsum(x, 0), LOPSIDED)
