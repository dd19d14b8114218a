"""Writes printing.json: how PyTorch prints tensors. Run: python3 printing.py > printing.json

Values are given in row-major order, or as {"start", "step"} for long ones: value i is start + step * i, rounded to the
dtype. PyTorch's own code lays out the text; only the suffixes are ours (dtype=float64, not dtype=torch.float64).
"""

import json
import math
import torch
from torch._tensor_str import _add_suffixes, _tensor_str

inf, nan = math.inf, math.nan
NAMES = {torch.float32: "Float32", torch.float64: "Float64", torch.int64: "Int64",
         torch.int32: "Int32", torch.uint8: "UInt8", torch.bool: "Bool"}
f32, f64, i64, i32, u8, boolean = NAMES
cases = []


def suffixes_of(tensor, extra):
    result = []
    if tensor.dtype not in (f32, i64, boolean):
        result.append("dtype=" + NAMES[tensor.dtype].lower())
    return result + extra


def show(tensor, source, extra):
    suffixes = suffixes_of(tensor, extra)
    if tensor.numel() == 0:
        # PyTorch's rule for empty tensors, with our names of the dtypes.
        shown = [] if tensor.dim() == 1 else ["size=" + str(tuple(tensor.shape)).replace(",)", ")")]
        if tensor.dtype != f32:
            shown.append("dtype=" + NAMES[tensor.dtype].lower())
        text = _add_suffixes("tensor([]", shown + extra, 7, False)
    else:
        text = _add_suffixes("tensor(" + _tensor_str(tensor, 7), suffixes, 7, False)
    cases.append({"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "values": source,
                  "suffix": ", ".join(suffixes), "text": text})


def plain(value):
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return int(value) if isinstance(value, bool) else value


def listed(data, dtype=f32, extra=()):
    tensor = torch.tensor(data, dtype=dtype)
    show(tensor, [plain(v) for v in tensor.reshape(-1).tolist()], list(extra))


def ramp(shape, start=0, step=1, dtype=f32, extra=()):
    count = math.prod(shape)
    values = start + step * torch.arange(count, dtype=i64 if dtype in (i64, i32) else f64)
    show(values.to(dtype).reshape(shape), {"start": start, "step": step}, list(extra))


# single numbers
for value in (3.0, -3.0, 0.0, -0.0, 0.5, 1 / 3, 1e-5, 123456.789, 1e9, 1e8, 12345678.0, 1e300, inf, -inf, nan):
    listed(value, f64)
for value in (3.0, 0.1, 1e-4, 9.9999e-5, 16777216.0):
    listed(value)
listed(7, i64)
listed(-7, i32)
listed(True, boolean)
listed(2.5, extra=["requires_grad=True"])
listed(2.5, extra=["grad_fn=<MulBackward>"])

# vectors: whole, fixed, scientific
listed([0., 6., 12., 18.])
listed([1.5, -2.25, 100.0])
listed([1.0, 1000.0])
listed([1.0, 1001.0])
listed([0.5, 500.0])
listed([0.5, 500.5])
listed([1e8, 1e8])
listed([1e8 + 8, 2e8])
listed([0.0001, 0.01], f64)
listed([0.00009, 0.01], f64)
listed([1e-10, 1.0, 1e10], f64)
listed([1e-300, 1e300], f64)
listed([1e-100, -1e-101], f64)
listed([0.1, 0.2, 0.3])
listed([0.99999, 0.00012], f64)
listed([99999.99999, 200.5], f64)
listed([-1.0, -2.0, 3.0])
listed([-0.0, 0.0])
listed([-0.0, 1.0, 2.5])
listed([0.03125, 0.09375, -0.03125, 1.03125], f64)
listed([100005.0, 1.0, 100015.0, 100025.0], f64)
listed([-1e-5, 0.5], f64)
listed([1 / 3, 2 / 3], f64, ["requires_grad=True"])

# special values
listed([1.0, nan])
listed([1.0, inf, -inf])
listed([1.5, nan, inf])
listed([nan, inf, -inf, 0.0])
listed([1e-7, nan, -inf, 1.0])
listed([100.0, nan, 1.0])
listed([0.0, 0.0])

# integers and booleans
listed([1, -20, 300], i64)
listed([1, -20, 300], i32)
listed([1, 20, 255], u8)
listed([True, False, True], boolean)
listed([[True, True], [True, True]], boolean)
listed([9223372036854775807, -9223372036854775808], i64)
listed(list(range(40)), i64)

# matrices and deeper nestings
listed([[1., 2.], [3., 4.]])
listed([[1.5, 2.], [3., 4.]], f64)
listed([[1, 2, 3]], i64)
listed([[1], [2], [3]], i64)
ramp((2, 2, 2))
ramp((2, 3, 4), step=0.5)
ramp((2, 2, 2, 2), dtype=i64)
ramp((1, 1, 1, 1, 1))
ramp((3, 1, 2), dtype=f64, extra=["requires_grad=True"])

# long lines and suffixes that do not fit
ramp((30,))
ramp((30,), step=0.1)
ramp((100,), start=-50, dtype=i64)
ramp((2, 30), step=1e-3)
ramp((1000,), dtype=i64)
ramp((10,), step=0.25, dtype=f64, extra=["requires_grad=True"])
ramp((9,), step=0.25, extra=["grad_fn=<MulBackward>"])
ramp((8,), step=0.25, dtype=f64, extra=["grad_fn=<MulBackward>"])
for count in (5, 6, 7):
    ramp((count,), start=1, step=0.5, dtype=f64, extra=["requires_grad=True"])
ramp((2, 3), dtype=f64, extra=["grad_fn=<AVeryLongNameOfAFunctionThatCertainlyFillsWholeLinesBackward>"])

# empty tensors
for shape in ((0,), (0, 3), (3, 0), (2, 0, 4)):
    ramp(shape)
ramp((0,), dtype=i64)
ramp((0, 2), dtype=f64)
ramp((0, 2), dtype=f64, extra=["requires_grad=True"])

# summarised
ramp((1001,))
ramp((1001,), dtype=i64)
ramp((2000,), step=0.001)
ramp((100, 100))
ramp((5, 300), step=0.5)
ramp((300, 5), step=0.5)
ramp((7, 7, 30), dtype=i64)
ramp((10, 10, 10))
ramp((10, 10, 11))
ramp((2, 2, 20, 20), dtype=f64, step=0.01)
ramp((1001,), dtype=f64, step=0.1, extra=["requires_grad=True"])
ramp((6, 200), dtype=i32)

def line(case):
    return json.dumps(case, allow_nan=False)


print('{"torch": "%s", "cases": [' % torch.__version__)
print(",\n".join(line(case) for case in cases))
print("]}")
