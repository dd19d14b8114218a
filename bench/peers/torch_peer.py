"""The PyTorch side of bench/Nabla.Bench, which starts this script and talks to it line by line:

    threads N           ->  ok                          for everything that follows
    prepare NAME        ->  ok MEAN_MAGNITUDE | unknown  makes the case's data, runs it once
    values LIMIT NAME   ->  numbers                      of the result, evenly spread if there are more than LIMIT
    run N NAME          ->  NANOSECONDS                  N times, on a monotonic clock
    drop NAME           ->  ok                           lets go of the data

The first line it prints describes it (JSON). The cases stand in torch_cases/, one file per group, under the name, and with the
data, that they have in bench/Nabla.Bench/Cases; every file there is imported.
"""
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
# Two kinds of threads, OpenMP's and OpenBLAS's, that wait by spinning take the processors from each other: steps of training were
# up to a hundred times slower on two virtual processors.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import ctypes
import importlib
import json
import platform
import sys
import time
from pathlib import Path

import torch

torch.set_num_threads(1)
from torch_cases import registry

for module in sorted(Path(__file__).parent.glob("torch_cases/*.py")):
    importlib.import_module(f"torch_cases.{module.stem}")


def libraries():
    with open("/proc/self/maps") as maps:
        return sorted({line.split(maxsplit=5)[5].strip() for line in maps if ".so" in line})


def core_name(path):
    """The processor whose kernels OpenBLAS uses; OPENBLAS_CORETYPE sets it."""
    ask = ctypes.CDLL(path).openblas_get_corename
    ask.restype = ctypes.c_char_p
    return f"({ask().decode()} kernels)"


def describe():
    torch.ones(8, 8) @ torch.ones(8, 8)
    names = [path.split("/")[-1] for path in libraries()]
    blas = [name for name in names if any(word in name.lower() for word in ("openblas", "mkl_rt", "blis", "atlas"))]
    vectors = [line.split(":")[1].strip() for line in torch.__config__.show().splitlines() if "CPU capability" in line]
    cores = sorted({core_name(path) for path in libraries() if "openblas" in path})
    version = f"{torch.__version__}, Python {platform.python_version()}, {' '.join([blas[0] if blas else 'unknown BLAS', *cores])}, {' '.join(vectors)}"
    return {"name": "PyTorch", "version": version}


def set_threads(count):
    torch.set_num_threads(count)
    # PyTorch does not pass the number on to OpenBLAS, which has threads of its own.
    for path in libraries():
        if "openblas" in path:
            getattr(ctypes.CDLL(path), "openblas_set_num_threads", lambda _: None)(count)


def flat(result):
    return result.detach().reshape(-1)


def main():
    prepared = {}

    def answer(text):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    answer(json.dumps(describe()))
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        if command == "threads":
            set_threads(int(rest))
            answer("ok")
        elif command == "prepare":
            make = registry.find(rest)
            if make is None:
                answer("unknown")
                continue
            try:
                prepared[rest] = make()
                answer(f"ok {flat(prepared[rest]()).double().abs().mean().item()!r}")
            except Exception as error:
                answer(f"failed: {type(error).__name__}: {error}".replace("\n", " "))
        elif command == "values":
            limit, _, name = rest.partition(" ")
            result = flat(prepared[name]())
            step = max(1, -(-result.numel() // int(limit)))
            answer(" ".join(map(repr, result[::step].double().tolist())))
        elif command == "run":
            count, _, name = rest.partition(" ")
            run = prepared[name]
            repeat = range(int(count))
            start = time.perf_counter_ns()
            for _ in repeat:
                run()
            answer(time.perf_counter_ns() - start)
        elif command == "drop":
            prepared.pop(rest, None)
            answer("ok")
        else:
            answer("unknown")


main()
