"""The SymPy side of `dotnet run -c Release --project bench/Nabla.Bench -- --sympy`.

For every row of a table of derivatives: read the expression, differentiate it, evaluate the derivative; prints one JSON line with the
seconds that each of the three took over all rows, the rows that failed, and the versions.

    python3 sympy_bench.py TABLE
"""
import csv
import json
import platform
import sys
import time

import sympy
from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

FUNCTIONS = {
    "cbrt": sympy.cbrt, "max": sympy.Max, "min": sympy.Min, "abs": sympy.Abs, "sign": sympy.sign, "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)), "softplus": lambda x: sympy.log(1 + sympy.exp(x)), "log1p": lambda x: sympy.log(1 + x),
    "expm1": lambda x: sympy.exp(x) - 1, "log2": lambda x: sympy.log(x, 2), "log10": lambda x: sympy.log(x, 10), "lgamma": sympy.loggamma,
    "piecewise": lambda *a: sympy.Piecewise(*[(a[i + 1], a[i]) for i in range(0, len(a) - 1, 2)], (a[-1], True)), "e": sympy.E, "pi": sympy.pi,
}


def main(path):
    rows = list(csv.DictReader(open(path, encoding="utf-8-sig"), delimiter=";"))
    spent = {"parse": 0.0, "differentiate": 0.0, "evaluate": 0.0}
    failed = 0
    for row in rows:
        names = dict(part.split("=") for part in row["point"].split())
        symbols = {name: sympy.Symbol(name, real=True) for name in names}
        try:
            start = time.perf_counter()
            formula = parse_expr(row["expression"], {**FUNCTIONS, **symbols}, standard_transformations + (convert_xor,))
            parsed = time.perf_counter()
            derivative = sympy.diff(formula, *[symbols[name] for name in row["wrt"].split()])
            differentiated = time.perf_counter()
            value = float(derivative.evalf(15, subs={symbols[name]: sympy.Float(text, 17) for name, text in names.items()}))
            evaluated = time.perf_counter()
        except Exception:  # whatever SymPy cannot do counts as failed, and its time not at all
            failed += 1
            continue
        spent["parse"] += parsed - start
        spent["differentiate"] += differentiated - parsed
        spent["evaluate"] += evaluated - differentiated
        expected = float(row["expected"])
        if not abs(value - expected) <= 1e-9 * max(1, abs(expected)):
            failed += 1
    print(json.dumps({"name": "SymPy", "version": sympy.__version__, "python": platform.python_version(), "rows": len(rows), "failed": failed, **spent}))


if __name__ == "__main__":
    main(sys.argv[1])
