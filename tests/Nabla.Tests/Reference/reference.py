"""What the scripts of this folder share: numbers that JSON can hold, and one case on a line.

Each NAME.py writes NAME.json beside it; none of them is needed to run the tests.
    python3 NAME.py
"""

import json
import math
import os
import sys

import torch


def plain(value):
    """A JSON value: tensors become nested lists, floats keep 17 digits, nan and the infinities become strings."""
    if isinstance(value, torch.Tensor):
        return plain(value.detach().clone().tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def write(cases, **header):
    """Writes the JSON file named after the running script."""
    path = os.path.splitext(os.path.abspath(sys.argv[0]))[0] + ".json"
    header = {"torch": torch.__version__, **header}
    lines = ",\n".join(json.dumps(plain(case), allow_nan=False) for case in cases)
    with open(path, "w") as file:
        file.write(json.dumps(plain(header))[:-1] + ', "cases": [\n' + lines + "\n]}\n")


# Words that PyTorch writes together and .NET separates.
NAMES = {name.lower(): name for name in """
    ArgMax ArgMin CopySign CumMax CumMin CumProd CumSum Deg2Rad EigValsH ErfInv HardShrink HardSigmoid HardSwish HardTanh
    LogAddExp LogAddExp2 LogCumSumExp LogSigmoid LogSumExp MatMul NanMean NanSum Rad2Deg SlogDet SoftShrink SvdVals TanhShrink
    XLog1PY XLogY""".split()}


def pascal(name):
    """The op's name in .NET casing: log_softmax -> LogSoftmax, cumsum -> CumSum. To be compared without regard to case."""
    return NAMES.get(name, "".join(part[:1].upper() + part[1:] for part in name.split("_")))
