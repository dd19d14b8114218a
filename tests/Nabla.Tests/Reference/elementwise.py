"""Values and gradients of elementwise ops in float64.

Each case: op (PyTorch's name) and its name in .NET casing, constant parameters in order, the arguments (points are matched
index by index), the values, and for each argument the gradient of the sum of all values. Numbers that PyTorch 1.13 gets
wrong by more than 1e-13, relatively, are replaced by exact ones (exact.py), and "pytorch" lists what it gave, by index.
Compare with |ours - theirs| <= tolerance * max(1, |theirs|).
"""

import math

import torch
import torch.nn.functional as F
from exact import value_and_derivative
from reference import pascal, plain, write

REAL = [-3.7, -2.5, -1.0, -0.6, -1e-6, 1e-8, 0.3, 0.5, 1.0, 1.9, 2.5, 6.2]
WIDE = REAL + [-40.0, 30.0, 1e-20, -1e-20, 0.1]
POSITIVE = [1e-20, 1e-6, 0.1, 0.25, 0.5, 0.9, 1.0, 1.1, 2.0, 3.5, 10.0, 1e10]
UNIT = [-0.999, -0.9, -0.5, -0.1, -1e-6, 1e-9, 0.2, 0.3, 0.5, 0.75, 0.95, 0.9999]
OPEN01 = [1e-6, 0.01, 0.1, 0.25, 0.4, 0.45, 0.5, 0.6, 0.75, 0.9, 0.99, 0.999999]
ABOVE1 = [1.0001, 1.01, 1.1, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 100.0, 1e5, 1e10]
ABOVE_MINUS1 = [-0.999, -0.9, -0.5, -1e-5, -1e-10, 1e-10, 1e-5, 0.1, 0.5, 1.0, 10.0, 1e5]
NONZERO = [-5.0, -2.0, -1.0, -0.5, -0.1, -1e-6, 1e-6, 0.1, 0.5, 1.0, 2.0, 5.0]

# What a formula in double precision loses by cancellation: (cos(pi x) - sinc(x)) / x at 1e-6.
TOLERANCES = {"sinc": 1e-9}
cases = []


def add(op, function, points, *parameters, name=None):
    arguments = points if isinstance(points, tuple) else (points,)
    xs = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in arguments]
    value = function(*xs, *parameters)
    gradients = torch.autograd.grad(value.sum(), xs, allow_unused=True)
    gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(xs, gradients)]
    case = {"op": op, "name": name or pascal(op), "parameters": parameters, "arguments": arguments,
            "values": plain(value), "gradients": plain(gradients), "tolerance": TOLERANCES.get(op, 1e-12)}
    correct(case)
    cases.append(case)


def correct(case):
    for i, x in enumerate(case["arguments"][0]):
        exact = value_and_derivative(case["op"], x, case["parameters"])
        for numbers, true, what in zip((case["values"], case["gradients"][0]), exact or (), ("value", "gradient")):
            if abs(numbers[i] - true) > 1e-13 * abs(true):
                case.setdefault("pytorch", []).append({"index": i, what: numbers[i]})
                numbers[i] = true


def unary(names, points):
    for name in names.split():
        add(name, getattr(torch, name), points)


# ---- pointwise unary
unary("abs sign sgn floor ceil round trunc frac neg positive square", WIDE)
unary("sin cos tan atan asinh tanh sigmoid erf erfc exp2 deg2rad rad2deg", WIDE)
unary("exp expm1 sinh cosh i0", REAL + [-20.0, 20.0])
unary("sinc", NONZERO + [0.25, 7.5])
unary("nan_to_num", REAL)
unary("log log2 log10 sqrt rsqrt", POSITIVE)
unary("lgamma", [0.1, 0.5, 0.9, 1.1, 1.5, 2.2, 3.7, 10.0, 100.5, -0.5, -1.5, -2.7])
unary("digamma", [0.1, 0.5, 0.9, 1.1, 1.5, 2.2, 3.7, 10.0, 100.5, -0.5, -1.5, -2.7])
unary("reciprocal", NONZERO)
unary("asin acos atanh erfinv", UNIT)
unary("acosh", ABOVE1)
unary("log1p", ABOVE_MINUS1)
unary("logit", OPEN01)
add("logit", torch.logit, OPEN01, 1e-3)
for order in (1, 2, 3):
    add("polygamma", lambda x, n: torch.polygamma(n, x), [0.1, 0.5, 1.0, 1.5, 2.0, 3.7, 10.0, 50.0], order)
add("mvlgamma", torch.mvlgamma, [2.1, 2.5, 3.0, 4.5, 10.0], 3)
add("nan_to_num", torch.nan_to_num, [math.nan, math.inf, -math.inf, 0.5], 1.0, 2.0, -2.0)

# ---- special
add("entr", torch.special.entr, POSITIVE[:-1])
for name in "erfcx i0e i1 i1e log_ndtr ndtr".split():
    add(name, getattr(torch.special, name), REAL)
add("ndtri", torch.special.ndtri, OPEN01)
add("xlog1py", torch.special.xlog1py, ([-1.0, 0.5, 2.0, 3.0], [0.1, 1e-8, -0.5, 4.0]))

# ---- pointwise binary and n-ary
LEFT = [-3.7, -2.5, -1.0, -0.6, 0.0, 0.3, 0.5, 1.0, 1.9, 2.5, 6.2, 7.0]
RIGHT = [1.5, -0.7, 2.0, 0.9, -1.3, 0.6, -2.5, 3.0, 0.8, 2.6, -4.1, 1e-3]
for name in "add sub mul div true_divide atan2 copysign fmax fmin fmod remainder hypot logaddexp logaddexp2 maximum minimum ldexp".split():
    add(name, getattr(torch, name), (LEFT, RIGHT))
add("rsub", torch.rsub, (LEFT, RIGHT))
add("pow", torch.pow, ([1e-3, 0.1, 0.5, 0.9, 1.0, 1.1, 2.0, 2.5, 3.0, 7.0, 10.0, 100.0], RIGHT))
add("float_power", torch.float_power, ([1e-3, 0.1, 0.5, 0.9, 1.0, 1.1, 2.0, 2.5, 3.0, 7.0, 10.0, 100.0], RIGHT))
for exponent in (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0, 2.5):
    add("pow", torch.pow, POSITIVE[1:-1] + ([-1.5, -2.0] if exponent == int(exponent) else []), exponent)
add("xlogy", torch.xlogy, ([-1.0, 0.5, 2.0, 3.0, 1e-8], [0.1, 1e-8, 0.5, 4.0, 1.0]))
add("lerp", torch.lerp, (LEFT, RIGHT, [0.0, 0.1, 0.25, 0.5, 0.6, 0.75, 1.0, 1.5, -0.5, 0.3, 0.9, 0.45]))
add("addcmul", lambda a, b, c, v: torch.addcmul(a, b, c, value=v), (LEFT, RIGHT, LEFT[::-1]), 0.5)
add("addcdiv", lambda a, b, c, v: torch.addcdiv(a, b, c, value=v), (LEFT, LEFT[::-1], RIGHT), 0.5)
add("clamp", torch.clamp, LEFT, -0.8, 1.2)
add("clamp_min", torch.clamp_min, LEFT, 0.4)
add("clamp_max", torch.clamp_max, LEFT, 0.4)
add("div_floor", lambda a, b: torch.div(a, b, rounding_mode="floor"), (LEFT, RIGHT), name="Div")
add("div_trunc", lambda a, b: torch.div(a, b, rounding_mode="trunc"), (LEFT, RIGHT), name="Div")

# ---- activations that are formulas
for name in "relu relu6 selu silu mish softsign hardsigmoid hardswish logsigmoid tanhshrink".split():
    add(name, getattr(F, name), REAL)
add("leaky_relu", F.leaky_relu, REAL, 0.01)
add("leaky_relu", F.leaky_relu, REAL, 0.3)
for alpha in (1.0, 0.7):
    add("elu", F.elu, REAL, alpha)
    add("celu", F.celu, REAL, alpha)
add("gelu", F.gelu, WIDE)
add("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), WIDE, name="Gelu")
for beta, threshold in ((1.0, 20.0), (2.0, 20.0), (0.5, 1.0)):
    add("softplus", F.softplus, WIDE, beta, threshold)
add("softshrink", F.softshrink, REAL, 0.55)
add("hardshrink", F.hardshrink, REAL, 0.55)
add("hardtanh", F.hardtanh, REAL, -0.8, 1.2)
add("threshold", F.threshold, REAL, 0.4, -7.0)

write(cases, note="Values and gradients of sum(values), in float64; compare with |ours - theirs| <= tolerance * max(1, |theirs|).")
