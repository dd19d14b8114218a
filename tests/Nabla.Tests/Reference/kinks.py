"""Gradients at kinks, ties and infinities: every row of the convention, with PyTorch's answer beside the expected one.

Each case: the row in words, the op with its constant parameters, the tensor arguments, the gradient of the sum of the
result that Nabla should give for every argument (null where it is not asked), and what PyTorch gave. A case where the
two differ says why in "note". "shape" of an argument follows from its nesting.
"""

import math

import torch
import torch.nn.functional as F
from reference import plain, write

inf, nan = math.inf, math.nan
SELU = 1.0507009873554805 * 1.6732632423543772
cases = []


def tensor(data):
    return torch.tensor(data, dtype=torch.float64, requires_grad=True)


def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(a - b) <= 1e-12 * max(1, abs(a))


def row(words, op, function, arguments, expected, *parameters, note=None):
    """arguments and expected are lists with one entry per tensor argument; None means not compared."""
    xs = [tensor(a) for a in arguments]
    try:
        result = function(*xs, *parameters)
        gradients = torch.autograd.grad(result.sum(), xs, allow_unused=True)
        got = [[0.0] * x.numel() if g is None and x.dim() == 1 else plain(g if g is not None else torch.zeros_like(x))
               for x, g in zip(xs, gradients)]
        value = plain(result)
    except RuntimeError as error:
        got, value = "error: " + str(error).splitlines()[0], None
    expected = [plain(g) for g in expected]
    case = {"row": words, "op": op, "parameters": parameters, "arguments": arguments, "value": value,
            "expected": expected, "pytorch": got}
    agree = isinstance(got, list) and all(e is None or same(e, g) for e, g in zip(expected, got))
    if not agree:
        case["note"] = note or "UNEXPLAINED"
        if not note:
            print("differs:", words, "expected", expected, "pytorch", got)
    cases.append(case)


def unary(words, op, points, expected, *parameters, function=None, note=None):
    row(words, op, function or getattr(torch, op, None) or getattr(F, op), [points], [expected], *parameters, note=note)


# ---- left column of the table
unary("abs at 0", "abs", [0.0, -0.0], [0.0, 0.0])
unary("sign is flat", "sign", [0.0, 2.0], [0.0, 0.0])
unary("floor is flat", "floor", [0.0, 1.0, 1.5], [0.0, 0.0, 0.0])
unary("ceil is flat", "ceil", [0.0, 1.0, 1.5], [0.0, 0.0, 0.0])
unary("round is flat", "round", [0.5, 1.0, 1.5], [0.0, 0.0, 0.0])
unary("trunc is flat", "trunc", [0.0, -1.0, 1.5], [0.0, 0.0, 0.0])
unary("relu at 0 and at NaN", "relu", [0.0, -0.0, nan], [0.0, 0.0, 1.0])
unary("leaky relu at 0", "leaky_relu", [0.0], [0.1], 0.1)
unary("elu at 0", "elu", [0.0], [1.0])
unary("celu at 0", "celu", [0.0], [1.0])
unary("selu at 0", "selu", [0.0], [SELU], function=F.selu)
unary("relu6 at both ends", "relu6", [0.0, 6.0], [0.0, 0.0])
unary("hardtanh at both ends", "hardtanh", [-1.0, 1.0], [0.0, 0.0], -1.0, 1.0)
unary("hardswish at -3, 3", "hardswish", [-3.0, 3.0], [-0.5, 1.5])
unary("hardsigmoid at -3, 3", "hardsigmoid", [-3.0, 3.0], [0.0, 0.0])
unary("softshrink at lambda", "softshrink", [0.5, -0.5], [0.0, 0.0], 0.5)
unary("hardshrink at lambda", "hardshrink", [0.5, -0.5], [0.0, 0.0], 0.5)
unary("clamp to [0,1] at its ends, outside, at NaN", "clamp", [0.0, 1.0, -0.5, 1.5, nan], [1.0, 1.0, 0.0, 0.0, 0.0], 0.0, 1.0)
row("clamp with tensor bounds equal to x", "clamp_tensor", torch.clamp, [[1.0, 2.0], [1.0, 0.0], [3.0, 2.0]],
    [[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
for op in ("maximum", "minimum"):
    row(op + " at a tie", op, getattr(torch, op), [[2.0, 1.0], [2.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]])
for op in ("fmax", "fmin"):
    row(op + " at a tie", op, getattr(torch, op), [[2.0, 1.0], [2.0, 1.0]], [[1.0, 1.0], [0.0, 0.0]])
unary("max() with ties", "max", [3.0, 1.0, 3.0], [0.5, 0.0, 0.5])
unary("min() with ties", "min", [1.0, 3.0, 1.0, 1.0], [1 / 3, 0.0, 1 / 3, 1 / 3])
unary("amax with ties", "amax", [3.0, 1.0, 3.0], [0.5, 0.0, 0.5])
unary("amin with ties", "amin", [1.0, 1.0, 3.0], [0.5, 0.5, 0.0])
unary("max(axis) with ties: first index", "max_axis", [[3.0, 1.0, 3.0], [1.0, 2.0, 2.0]], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 1,
      function=lambda x, d: torch.max(x, d).values)
unary("min(axis) with ties: first index", "min_axis", [[1.0, 1.0, 3.0], [4.0, 2.0, 2.0]], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 1,
      function=lambda x, d: torch.min(x, d).values)
unary("topk with ties: first index", "topk", [3.0, 1.0, 3.0], [1.0, 0.0, 0.0], 1, function=lambda x, k: torch.topk(x, k).values)
unary("pooling with ties: first index", "max_pool1d", [[[2.0, 2.0, 1.0, 1.0]]], [[[1.0, 0.0, 1.0, 0.0]]], 2)
unary("cummax with ties: latest index", "cummax", [2.0, 2.0, 1.0], [1.0, 2.0, 0.0], 0, function=lambda x, d: torch.cummax(x, d).values)
unary("cummin with ties: latest index", "cummin", [1.0, 1.0, 2.0], [1.0, 2.0, 0.0], 0, function=lambda x, d: torch.cummin(x, d).values)
unary("median of an even count: the lower one", "median", [1.0, 4.0, 2.0, 3.0], [0.0, 0.0, 1.0, 0.0])
row("smooth L1 at 0", "smooth_l1_loss", F.smooth_l1_loss, [[1.0], [1.0]], [[0.0], [0.0]])
row("smooth L1 at delta", "smooth_l1_loss", F.smooth_l1_loss, [[1.0], [0.0]], [[1.0], [-1.0]])
row("Huber at 0", "huber_loss", F.huber_loss, [[1.0], [1.0]], [[0.0], [0.0]])
row("Huber at delta", "huber_loss", F.huber_loss, [[1.0], [0.0]], [[1.0], [-1.0]])
unary("sinc at 0", "sinc", [0.0], [0.0])
row("fmod with respect to the divisor", "fmod", torch.fmod, [[7.5, -7.5], [2.0, 2.0]], [[1.0, 1.0], [-3.0, 3.0]])
row("remainder with respect to the divisor", "remainder", torch.remainder, [[7.5, -7.5], [2.0, 2.0]], [[1.0, 1.0], [-3.0, 4.0]])
row("where(x > 0, sqrt(x), 0) at -1", "where_sqrt", lambda x: torch.where(x > 0, torch.sqrt(x), torch.zeros_like(x)), [[-1.0, 4.0]],
    [[nan, 0.25]])

# ---- right column of the table
unary("sqrt at 0 and at -1", "sqrt", [0.0, -1.0], [inf, nan])
unary("rsqrt at 0", "rsqrt", [0.0], [-inf])
unary("reciprocal at 0", "reciprocal", [0.0], [-inf])
unary("log at 0 and at -1", "log", [0.0, -1.0], [inf, -1.0])
unary("log1p at -1", "log1p", [-1.0], [inf])
unary("atanh at 1", "atanh", [1.0], [inf])
unary("acosh at 1", "acosh", [1.0], [inf])
unary("asin at 1", "asin", [1.0], [inf])
unary("acos at 1", "acos", [1.0], [-inf])
row("atan2 at (0, 0)", "atan2", torch.atan2, [[0.0], [0.0]], [[nan], [nan]])
row("hypot at (0, 0)", "hypot", torch.hypot, [[0.0], [0.0]], [[nan], [nan]])
for exponent, slope in ((0.0, 0.0), (1.0, 1.0), (2.0, 0.0), (0.5, inf), (-1.0, -inf)):
    unary(f"x^{exponent:g} at 0", "pow", [0.0], [slope], exponent)
for exponent, slope in ((0.0, 0.0), (1.0, 1.0), (2.0, 0.0), (0.5, inf), (-1.0, -inf)):
    row(f"x^y with respect to x at x = 0, y = {exponent:g}", "pow", torch.pow, [[0.0], [exponent]], [[slope], None])
for exponent, slope in ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (-1.0, -inf)):
    row(f"0^y with respect to y at y = {exponent:g}", "pow", torch.pow, [[0.0], [exponent]], [None, [slope]])
row("(-2)^2 with respect to the exponent", "pow", torch.pow, [[-2.0], [2.0]], [[-4.0], [nan]])
row("xlogy at (0, 0)", "xlogy", torch.xlogy, [[0.0], [0.0]], [[0.0], [0.0]],
    note="PyTorch 1.13 gives nan for y, 2.x 0.")
unary("prod with one zero", "prod", [2.0, 0.0, 3.0], [0.0, 6.0, 0.0])
unary("prod with two zeros", "prod", [0.0, 0.0, 3.0], [0.0, 0.0, 0.0])
unary("cumprod with a zero", "cumprod", [2.0, 0.0, 3.0], [1.0, 8.0, 0.0], 0)
unary("std of constants", "std", [2.0, 2.0, 2.0], [0.0, 0.0, 0.0])
unary("var of constants", "var", [2.0, 2.0, 2.0], [0.0, 0.0, 0.0])
unary("logsumexp of -inf, -inf", "logsumexp", [-inf, -inf], [nan, nan], 0)
for order in (0.5, 1.0, 2.0, 3.0, inf):
    unary(f"norm of order {order:g} at 0", "norm", [0.0, 0.0], [0.0, 0.0], order,
          function=lambda x, p: torch.linalg.vector_norm(x, p))
row("dist at 0", "dist", torch.dist, [[1.0, 2.0], [1.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]])
row("cdist at 0", "cdist", torch.cdist, [[[1.0, 2.0]], [[1.0, 2.0]]], [[[0.0, 0.0]], [[0.0, 0.0]]])
unary("infinity norm with ties", "norm", [3.0, -3.0, 1.0], [0.5, -0.5, 0.0], inf, function=lambda x, p: torch.linalg.vector_norm(x, p))
unary("nuclear norm of zeros: a subgradient", "nuclear_norm", [[0.0, 0.0], [0.0, 0.0]], None,
      function=lambda x: torch.linalg.matrix_norm(x, "nuc"))
row("copysign with respect to the sign", "copysign", torch.copysign, [[2.0, -2.0, 0.0], [-1.0, -1.0, 1.0]],
    [[-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
row("floor division is flat", "floor_divide", lambda a, b: torch.div(a, b, rounding_mode="floor"), [[7.0, -7.0], [2.0, 2.0]],
    [[0.0, 0.0], [0.0, 0.0]])
row("truncated division is flat", "trunc_divide", lambda a, b: torch.div(a, b, rounding_mode="trunc"), [[7.0, -7.0], [2.0, 2.0]],
    [[0.0, 0.0], [0.0, 0.0]])
row("repeated indices in index_select", "index_select", lambda x: x.index_select(0, torch.tensor([1, 1, 0])), [[5.0, 6.0, 7.0]],
    [[1.0, 2.0, 0.0]])
row("repeated indices in gather", "gather", lambda x: x.gather(0, torch.tensor([1, 1, 0])), [[5.0, 6.0, 7.0]], [[1.0, 2.0, 0.0]])
row("repeated indices in scatter_add: every source", "scatter_add",
    lambda x, s: x.scatter_add(0, torch.tensor([1, 1, 0]), s), [[5.0, 6.0], [1.0, 2.0, 3.0]], [[1.0, 1.0], [1.0, 1.0, 1.0]])
row("repeated indices in an accumulating put: every source", "index_put",
    lambda x, s: x.index_put((torch.tensor([1, 1]),), s, accumulate=True), [[5.0, 6.0], [1.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]])
row("eigenvectors at repeated eigenvalues", "eigh_vectors", lambda x: torch.linalg.eigh(x).eigenvectors[0, 0] * 1.0,
    [[[2.0, 0.0], [0.0, 2.0]]], [[[nan, nan], [nan, nan]]])
row("eigenvalues at repeated eigenvalues", "eigvalsh", lambda x: torch.linalg.eigvalsh(x), [[[2.0, 0.0], [0.0, 2.0]]],
    [[[1.0, 0.0], [0.0, 1.0]]])

# ---- defects of PyTorch that are not copied
unary("det at a singular matrix is the adjugate transposed", "det", [[1.0, 2.0], [2.0, 4.0]], [[4.0, -2.0], [-2.0, 1.0]],
      function=torch.linalg.det, note="PyTorch 1.13 gives a zero gradient at singular matrices.")
unary("var of one element has the value nan and does not throw", "var", [3.0], [nan],
      note="PyTorch 1.13 raises in backward.")
row("cosine similarity at 0", "cosine_similarity", lambda a, b: F.cosine_similarity(a, b, dim=0), [[0.0, 0.0], [1.0, 0.0]],
    [[0.0, 0.0], [0.0, 0.0]], note="PyTorch 1.13 gives 1e8 for the zero vector, an artefact of its eps.")

write(cases, note="expected: the gradient of the sum of the result, one entry per argument, null where it is not compared.")
