"""Fourier transforms and complex arithmetic in complex128 and float64: values, and gradients of a fixed real loss.

Each case of a transform: op, the shape of the input and whether it is complex, its parameters (n or shape, axis or axes, norm), the
result and the gradient of the input. Input number i (row-major) is sin(1 + i) + i*cos(3 + 2i), real inputs the real part of it.
The loss is sum(wr * real + wi * imag) with wr = 0.5 + 0.25*(i mod 5), wi = 0.3 - 0.2*(i mod 3). Complex numbers stand as pairs.
Each case of arithmetic: op, the result and the gradients of x = input of shape [4] and y = the same from i = 4 on.
"""

import math

import torch
from reference import write


def numbers(shape, first=0):
    i = torch.arange(math.prod(shape), dtype=torch.float64) + first
    return torch.complex(torch.sin(1 + i), torch.cos(3 + 2 * i)).reshape(shape)


def pairs(x):
    return torch.view_as_real(x.resolve_conj()).reshape(-1) if x.is_complex() else x.reshape(-1)


def loss(y):
    i = torch.arange(y.numel(), dtype=torch.float64).reshape(y.shape)
    wr, wi = 0.5 + 0.25 * (i % 5), 0.3 - 0.2 * (i % 3)
    return (wr * y.real + wi * y.imag).sum() if y.is_complex() else (wr * y).sum()


cases = []


def add(op, shape, is_complex, **parameters):
    x = numbers(shape)
    x = (x if is_complex else x.real.clone()).detach().requires_grad_()
    result = getattr(torch.fft, op)(x, **parameters)
    gradient, = torch.autograd.grad(loss(result), x)
    cases.append({"op": op, "shape": shape, "complex": is_complex, "parameters": parameters, "result_shape": list(result.shape),
                  "result": pairs(result), "gradient": pairs(gradient)})


for n in [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 30, 34]:
    for op in ["fft", "ifft"]:
        add(op, [n], True)
    add("fft", [n], False)
    add("rfft", [n], False)
    add("ihfft", [n], False)
    if n > 1:
        add("irfft", [n], True)
        add("hfft", [n], True)
    add("irfft", [n // 2 + 1], True, n=n)
for norm in ["backward", "ortho", "forward"]:
    for op in ["fft", "ifft", "irfft", "hfft"]:
        add(op, [2, 5, 3], True, n=7, dim=1, norm=norm)
        add(op, [2, 5, 3], True, n=4, dim=1, norm=norm)
    for op in ["rfft", "ihfft"]:
        add(op, [2, 5, 3], False, n=7, dim=1, norm=norm)
        add(op, [2, 5, 3], False, n=4, dim=0, norm=norm)
    for op in ["fft2", "ifft2", "irfft2"]:
        add(op, [2, 3, 4], True, norm=norm)
    add("rfft2", [2, 3, 4], False, norm=norm)
    for op in ["fftn", "ifftn", "irfftn"]:
        add(op, [2, 3, 4], True, norm=norm)
        add(op, [2, 3, 4], True, s=[4, 5], dim=[2, 0], norm=norm)
        add(op, [2, 3, 4], True, s=[2, 3], norm=norm)
    add("rfftn", [2, 3, 4], False, norm=norm)
    add("rfftn", [2, 3, 4], False, s=[4, 5], dim=[2, 0], norm=norm)

ARITHMETIC = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "div": lambda x, y: x / y, "neg": lambda x, y: -x,
    "square": lambda x, y: x.square(), "reciprocal": lambda x, y: x.reciprocal(), "exp": lambda x, y: x.exp(), "log": lambda x, y: x.log(),
    "abs": lambda x, y: x.abs(), "angle": lambda x, y: x.angle(), "conj": lambda x, y: x.conj() * y, "real": lambda x, y: x.real,
    "imag": lambda x, y: x.imag, "times_real": lambda x, y: x * y.real, "over_real": lambda x, y: x / y.real, "real_over": lambda x, y: x.real / y,
    "matmul": lambda x, y: x.reshape(2, 2) @ y.reshape(2, 2), "sum": lambda x, y: x.sum() * y, "cumsum": lambda x, y: x.cumsum(0) * y,
    "gather": lambda x, y: x[torch.tensor([0, 2, 2, 1])] * y, "outer": lambda x, y: torch.outer(x, y), "mean": lambda x, y: x.mean() + y,
    "polar": lambda x, y: torch.polar(x.real.square(), y.imag),
}
for op, function in ARITHMETIC.items():
    x, y = numbers([4]).requires_grad_(), numbers([4], 4).requires_grad_()
    result = function(x, y)
    gx, gy = torch.autograd.grad(loss(result), [x, y], allow_unused=True)
    cases.append({"arithmetic": op, "result": pairs(result), "x": pairs(gx), "y": None if gy is None else pairs(gy)})

PRINTED = [[1 + 2j, 3 - 1j], [0j, 1.5 - 0.25j, -100 + 3j], [complex(math.nan, math.inf), 1 + 1j], [1e-5 + 1j, 1e5 - 2e-7j], [[1j, 2], [3, 4.5j]], 2 + 1j, []]
# The longest one breaks before dtype=torch.complex128, but not before dtype=complex128.
for values in PRINTED:
    for dtype in [torch.complex64, torch.complex128][:1 if values == PRINTED[3] else 2]:
        x = torch.tensor(values, dtype=dtype)
        cases.append({"printed": str(x).replace("torch.", ""), "dtype": str(dtype).replace("torch.", ""), "shape": list(x.shape), "values": pairs(x.to(torch.complex128))})
x = numbers([40])
cases.append({"printed": str(x).replace("torch.", ""), "dtype": "complex128", "shape": [40], "values": pairs(x)})

write(cases)
