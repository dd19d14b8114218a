"""Result dtypes of mixed operations.

Each case: dtypes and ranks of both arguments, and the dtype of left + right, left / right and left < right; with a
Python number on the right there is only the left tensor. "error" where PyTorch refuses.
"""

import torch
from reference import write

DTYPES = {"Float32": torch.float32, "Float64": torch.float64, "Int64": torch.int64,
          "Int32": torch.int32, "UInt8": torch.uint8, "Bool": torch.bool}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
OPS = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
       "pow": lambda a, b: a ** b, "less": lambda a, b: a < b, "floor_divide": lambda a, b: torch.div(a, b, rounding_mode="floor"),
       "atan2": torch.atan2, "maximum": torch.maximum}
UNARY = {"neg": torch.neg, "abs": torch.abs, "exp": torch.exp, "sqrt": torch.sqrt, "sum": torch.sum, "mean": torch.mean,
         "prod": torch.prod, "cumsum": lambda a: torch.cumsum(a, 0), "floor": torch.floor, "square": torch.square,
         "amax": torch.amax, "argmax": torch.argmax, "isnan": torch.isnan, "sign": torch.sign, "logsumexp": lambda a: torch.logsumexp(a, 0),
         "var": torch.var, "softmax": lambda a: torch.softmax(a, 0), "round": torch.round, "reciprocal": torch.reciprocal}


def result(op, *arguments):
    try:
        return NAMES[op(*arguments).dtype]
    except (RuntimeError, TypeError):
        return "error"


def of_rank(dtype, rank):
    return torch.ones((2,) * rank, dtype=dtype)


cases = []
for left in DTYPES:
    for right in DTYPES:
        for ranks in ((1, 1), (1, 0), (0, 1), (0, 0)):
            a, b = of_rank(DTYPES[left], ranks[0]), of_rank(DTYPES[right], ranks[1])
            cases.append({"kind": "tensors", "left": left, "right": right, "ranks": ranks,
                          **{name: result(op, a, b) for name, op in OPS.items()}})
for left in DTYPES:
    for kind, number in (("double", 2.0), ("int", 2), ("bool", True)):
        for rank in (1, 0):
            a = of_rank(DTYPES[left], rank)
            row = {"kind": "number", "left": left, "right": kind, "ranks": [rank]}
            row.update({name: result(op, a, number) for name, op in OPS.items() if name not in ("atan2", "maximum")})
            row["reverse_div"] = result(lambda x: number / x, a)
            row["reverse_sub"] = result(lambda x: number - x, a)
            cases.append(row)
for left in DTYPES:
    cases.append({"kind": "unary", "left": left,
                  **{name: result(op, of_rank(DTYPES[left], 1)) for name, op in UNARY.items()}})

write(cases, note="Each op's entry is the dtype of the result; ranks are those of the arguments.")
