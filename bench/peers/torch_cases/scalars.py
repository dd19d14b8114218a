"""What one recorded operation costs when the numbers themselves cost nothing."""
import torch

from .registry import case


@case("scalar: chain of 100 products, per op")
def chain():
    x = torch.tensor(2.0, requires_grad=True)
    w = torch.tensor(1.001, requires_grad=True)

    def run():
        x.grad = w.grad = None
        y = x
        for _ in range(100):
            y = y * w
        y.backward()
        return w.grad

    return run


@case("scalar: one product and Backward")
def product():
    x = torch.tensor(2.0, requires_grad=True)
    w = torch.tensor(1.001, requires_grad=True)

    def run():
        x.grad = w.grad = None
        (x * w).backward()
        return w.grad

    return run
