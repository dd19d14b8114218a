"""The memory that steps of training take with PyTorch: torch_memory.py NAME, for a case of torch_cases/training.py.

Prints {"before": bytes, "peak": bytes}: what was resident when model, optimiser and data stood, and the most that was during the
steps. The same steps as in bench/Nabla.Bench/MemoryComparison.cs.
"""
import gc
import json
import sys

import torch

torch.set_num_threads(1)
from torch_cases import registry, training  # noqa: F401

WARM_STEPS, STEPS = 200, 30


def status(key):
    with open("/proc/self/status") as lines:
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith(key))


name = sys.argv[1]
warm = registry.find(name.rsplit(" ", 1)[0] + " 1")()
for _ in range(WARM_STEPS):
    warm()
step = registry.find(name)()
gc.collect()
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = status("VmRSS:")
for _ in range(STEPS):
    step()
print(json.dumps({"before": before, "peak": status("VmHWM:")}))
