"""A hundred optimiser steps on a small problem.

The loss, in float64, with parameters a [2, 2] and b [2] (no mini-batches, no randomness):
    r = a b - t,   t = [0.7, -0.4]
    loss = 0.5 sum(r^2) + 0.05 sum(a^2 * c) + 0.1 sum(b^3 + b^4)
    c = [[1, 2], [3, 4]]
    a starts at [[0.5, -0.3], [0.8, 0.1]], b at [0.6, -0.9].
The terms of higher degree keep the problem from being solved by one Newton-like step.
"""

import torch
from reference import write

STEPS = (1, 2, 10, 50, 100)
A0, B0 = [[0.5, -0.3], [0.8, 0.1]], [0.6, -0.9]


def loss_of(a, b):
    t = torch.tensor([0.7, -0.4], dtype=torch.float64)
    c = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
    r = a @ b - t
    return 0.5 * (r ** 2).sum() + 0.05 * (a ** 2 * c).sum() + 0.1 * (b ** 3 + b ** 4).sum()


def run(name, kind, **options):
    a = torch.tensor(A0, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(B0, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, kind)([a, b], **options)
    snapshots = []
    for step in range(1, max(STEPS) + 1):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(a, b)
        loss.backward()
        optimizer.step()
        if step in STEPS:
            snapshots.append({"step": step, "loss": loss, "a": a.detach().clone(), "b": b.detach().clone()})
    return {"id": name, "optimizer": kind, "options": options, "snapshots": snapshots}


cases = [
    run("sgd", "SGD", lr=0.05),
    run("sgd momentum", "SGD", lr=0.05, momentum=0.9),
    run("sgd momentum dampening", "SGD", lr=0.05, momentum=0.9, dampening=0.3),
    run("sgd nesterov", "SGD", lr=0.05, momentum=0.9, nesterov=True),
    run("sgd weight decay", "SGD", lr=0.05, weight_decay=0.1),
    run("sgd momentum nesterov weight decay", "SGD", lr=0.02, momentum=0.8, nesterov=True, weight_decay=0.05),
    run("sgd maximize", "SGD", lr=0.001, maximize=True),
    run("adam", "Adam", lr=0.05),
    run("adam betas eps", "Adam", lr=0.02, betas=[0.8, 0.95], eps=1e-6),
    run("adam amsgrad", "Adam", lr=0.05, amsgrad=True),
    run("adam weight decay", "Adam", lr=0.05, weight_decay=0.1),
    run("adam amsgrad weight decay", "Adam", lr=0.05, amsgrad=True, weight_decay=0.1),
    run("adamw", "AdamW", lr=0.05),
    run("adamw weight decay", "AdamW", lr=0.05, weight_decay=0.2),
    run("adamw amsgrad", "AdamW", lr=0.05, weight_decay=0.1, amsgrad=True),
]
write(cases, a=A0, b=B0,
      loss="r = a b - t; 0.5 sum(r^2) + 0.05 sum(a^2 c) + 0.1 sum(b^3 + b^4); t = [0.7, -0.4], c = [[1, 2], [3, 4]]",
      note="A snapshot holds the parameters after the step and the loss before it.")
