"""Reductions and scans in float64: values, and gradients of a fixed weighted sum of the result.

Each case: op, its parameters by name, the input (data in row-major order and its shape), the result, the weights, and the
gradient of sum(result * weights) with respect to the input. Weight i (row-major) is 0.5 + 0.25 * (i mod 5) - 0.1 * (i mod 3).
Indices are compared, not differentiated. An "error" is PyTorch's refusal.
"""

import math

import torch
from reference import pascal, write

inf, nan = math.inf, math.nan
MATRIX = [[0.5, -1.25, 2.0, 0.75], [3.5, 0.1, -0.6, 1.1], [-2.2, 0.9, 1.7, -0.35]]
TIED = [[1.0, 3.0, 3.0], [2.0, 2.0, -1.0]]
CUBE = [[[0.3, -0.7], [1.2, 2.1], [-1.4, 0.8]], [[0.9, 1.6], [-0.2, 0.45], [2.3, -1.9]]]
WITH_ZEROS = [[2.0, 0.0, 3.0], [0.0, 0.0, 4.0], [1.5, 2.5, -3.5]]
cases = []


def weights_of(shape):
    index = torch.arange(math.prod(shape), dtype=torch.float64)
    return (0.5 + 0.25 * (index % 5) - 0.1 * (index % 3)).reshape(shape)


def add(op, data, function, differentiate=True, **parameters):
    x = (data if isinstance(data, torch.Tensor) else torch.tensor(data, dtype=torch.float64)).clone().requires_grad_()
    case = {"op": op, "name": pascal(op), "parameters": parameters, "shape": list(x.shape), "input": x.reshape(-1)}
    try:
        result = function(x)
        indices = None
        if isinstance(result, tuple):
            result, indices = result
        case["result_shape"], case["result"] = list(result.shape), result.reshape(-1)
        if indices is not None:
            case["indices"] = indices.reshape(-1)
        if result.requires_grad and differentiate:
            weights = weights_of(result.shape)
            case["weights"] = weights.reshape(-1)
            gradient, = torch.autograd.grad((result * weights).sum(), x, allow_unused=True)
            case["gradient"] = (torch.zeros_like(x) if gradient is None else gradient).reshape(-1)
    except (RuntimeError, IndexError) as error:
        case["error"] = str(error).splitlines()[0]
    cases.append(case)


def over_axes(op, function, data, axes=(None, 0, 1, -1, (0, 1)), keeps=(False, True), **parameters):
    """function(x, dim, keepdim); dim None reduces everything."""
    for axis in axes:
        for keep in keeps if axis is not None else (False,):
            add(op, data, lambda x: function(x, axis, keep), axis=axis, keep_axis=keep, **parameters)


def everything(x):
    return tuple(range(x.dim()))


# ---- sums and moments
for data in (MATRIX, CUBE):
    over_axes("sum", lambda x, d, k: x.sum() if d is None else x.sum(d, k), data)
    over_axes("mean", lambda x, d, k: x.mean() if d is None else x.mean(d, k), data)
    for unbiased in (True, False):
        over_axes("var", lambda x, d, k: x.var(unbiased) if d is None else x.var(d, unbiased, k), data, keeps=(False,), unbiased=unbiased)
        over_axes("std", lambda x, d, k: x.std(unbiased) if d is None else x.std(d, unbiased, k), data, keeps=(False,), unbiased=unbiased)
for data in (MATRIX, WITH_ZEROS):
    over_axes("prod", lambda x, d, k: x.prod() if d is None else x.prod(d, k), data, axes=(None, 0, 1))
add("prod", [2.0, 0.0, 3.0, 0.0], lambda x: x.prod(), axis=None)
add("nansum", [[1.0, nan], [2.0, 3.0]], lambda x: x.nansum(1), axis=1)
add("nanmean", [[1.0, nan], [2.0, 3.0]], lambda x: x.nanmean(1), axis=1)

# ---- extremes
for data in (MATRIX, TIED):
    for op in ("amax", "amin"):
        over_axes(op, lambda x, d, k: getattr(torch, op)(x, everything(x) if d is None else d, k), data)
    for op in ("max", "min"):
        add(op, data, getattr(torch, op), axis=None)
        for axis in (0, 1, -1):
            add(op, data, lambda x: tuple(getattr(torch, op)(x, axis)), axis=axis)
    for op in ("argmax", "argmin"):
        for axis in (None, 0, 1):
            add(op, data, lambda x: getattr(torch, op)(x, axis), axis=axis)
    add("median", data, torch.median, axis=None)
    add("median", data, lambda x: tuple(torch.median(x, 1)), axis=1)
    for axis in (0, 1):
        add("cummax", data, lambda x: tuple(torch.cummax(x, axis)), axis=axis)
        add("cummin", data, lambda x: tuple(torch.cummin(x, axis)), axis=axis)
add("max", [1.0, nan, 3.0], torch.max, axis=None)
add("amax", [1.0, nan, 3.0], lambda x: torch.amax(x, 0), axis=0)

# ---- exponential families
LARGE = [[1000.0, 1001.0, 999.0], [-1000.0, 0.0, 1.0]]
for data in (MATRIX, LARGE):
    over_axes("logsumexp", lambda x, d, k: torch.logsumexp(x, d, k), data, axes=(0, 1, (0, 1)))
    for axis in (0, 1):
        add("softmax", data, lambda x: torch.softmax(x, axis), axis=axis)
        add("log_softmax", data, lambda x: torch.log_softmax(x, axis), axis=axis)
        add("softmin", data, lambda x: torch.nn.functional.softmin(x, axis), axis=axis)
        add("logcumsumexp", data, lambda x: torch.logcumsumexp(x, axis), axis=axis)
add("logsumexp", [-inf, 1.0, 2.0], lambda x: torch.logsumexp(x, 0), axis=0)
add("logsumexp", [inf, 1.0], lambda x: torch.logsumexp(x, 0), axis=0)
add("softmax", [-inf, 1.0, 2.0], lambda x: torch.softmax(x, 0), axis=0)

# ---- norms
for order in (0.0, 0.5, 1.0, 2.0, 3.0, inf, -inf):
    over_axes("norm", lambda x, d, k: torch.linalg.vector_norm(x, order, d, k), MATRIX, axes=(None, 0, 1), keeps=(False,), order=order)
    over_axes("norm", lambda x, d, k: torch.linalg.vector_norm(x, order, d, k), CUBE, axes=((0, 2),), order=order)
add("norm", [3.0, -3.0, 1.0], lambda x: torch.linalg.vector_norm(x, inf), axis=None, order=inf)

# ---- scans
for data in (MATRIX, WITH_ZEROS):
    for axis in (0, 1, -1):
        add("cumsum", data, lambda x: torch.cumsum(x, axis), axis=axis)
        add("cumprod", data, lambda x: torch.cumprod(x, axis), axis=axis)

# ---- empty, single and 0-d inputs
EMPTY, FLAT, SCALAR = torch.zeros(0, 3, dtype=torch.float64), torch.zeros(0, dtype=torch.float64), torch.tensor(2.5, dtype=torch.float64)
for op in ("sum", "prod", "mean", "var", "std", "max", "amax", "argmax", "median"):
    function = getattr(torch, op)
    add(op, FLAT, function, axis=None)
    add(op, SCALAR, function if op != "amax" else lambda x: torch.amax(x, ()), axis=None,
        differentiate=op not in ("var", "std"))  # PyTorch 1.13 fails there
for op in ("sum", "prod", "mean", "amax", "logsumexp"):
    add(op, EMPTY, lambda x: getattr(torch, op)(x, 0), axis=0)
    add(op, EMPTY, lambda x: getattr(torch, op)(x, 1), axis=1)
for op in ("cumsum", "cumprod", "softmax", "log_softmax"):
    add(op, EMPTY, lambda x: getattr(torch, op)(x, 0), axis=0)
    add(op, SCALAR, lambda x: getattr(torch, op)(x, 0), axis=0)
add("norm", FLAT, lambda x: torch.linalg.vector_norm(x, 2.0), axis=None, order=2.0)

write(cases, note="gradient is that of sum(result * weights); arrays are flat in row-major order.")
