"""Whole steps of training: bench/Nabla.Bench/Cases/TrainingCases.cs."""
import math

import torch
from torch import nn

from .registry import data, family, tensor

SIDE, CLASSES = 28, 10


def step(model, x):
    with torch.no_grad():
        for seed, weight in enumerate(model.parameters(), 1):
            bound = 1 / math.sqrt(weight.numel() // weight.shape[0])
            weight.copy_(torch.from_numpy(data(weight.numel(), -bound, bound, seed)).reshape(weight.shape))
    labels = torch.arange(x.shape[0]) % CLASSES
    loss = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-7, momentum=0.9)
    first = next(model.parameters())

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss(model(x), labels).backward()
        optimizer.step()
        return first.grad

    return run


@family("MLP")
def mlp(rest):
    batch = int(rest.split()[-1])
    model = nn.Sequential(nn.Linear(SIDE * SIDE, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, CLASSES))
    return step(model, tensor((batch, SIDE * SIDE), 0, 1))


@family("conv")
def conv_net(rest):
    batch = int(rest.split()[-1])
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * (SIDE // 4) ** 2, CLASSES))
    return step(model, tensor((batch, 1, SIDE, SIDE), 0, 1))
