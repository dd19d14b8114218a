"""Where the cases of the PyTorch side are registered, and the data that both sides make."""
import numpy as np
import torch

CASES = {}
FAMILIES = {}


def case(name):
    """Registers a function that makes the data and returns the function to time."""

    def register(make):
        CASES[name] = make
        return make

    return register


def family(word):
    """Registers a function that makes a case from the words after the first of its name."""

    def register(make):
        FAMILIES[word] = make
        return make

    return register


def find(name):
    """The function that makes the data of a case; None if there is none."""
    if name in CASES:
        return CASES[name]
    word, _, rest = name.partition(" ")
    return (lambda: FAMILIES[word](rest)) if word in FAMILIES else None


def data(count, low, high, seed=0):
    """The same numbers as Data.Uniform: a hash of the index, spread over [low, high)."""
    h = np.arange(count, dtype=np.uint32) + np.uint32((seed * 1_000_003) & 0xFFFFFFFF)
    h *= np.uint32(2_654_435_761)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return low + (high - low) * ((h >> np.uint32(8)).astype(np.float64) / (1 << 24))


def tensor(shape, low, high, seed=0, dtype=torch.float32, requires_grad=False):
    count = int(np.prod(shape))
    return torch.from_numpy(data(count, low, high, seed)).to(dtype).reshape(shape).requires_grad_(requires_grad)
