"""Chains that a compiler would fuse, value and gradient."""
import torch

from .registry import family, tensor


@family("fused-exp-tanh")
def exp_tanh(words):
    count = int(words)
    u, v = (tensor((count,), -1, 1, seed, requires_grad=True) for seed in (0, 1))

    def run():
        u.grad = v.grad = None
        torch.exp(torch.tanh(u * v) + u).sum().backward()
        return u.grad

    return run
