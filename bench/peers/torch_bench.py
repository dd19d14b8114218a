"""The PyTorch side of bench/Nabla.Bench, which starts this script and talks to it line by line:

    prepare NAME  ->  ok CHECKSUM | unknown     makes the case's data, runs it once
    run NAME N    ->  NANOSECONDS               N times, on a monotonic clock
    drop NAME     ->  ok                        lets go of the data

The first line it prints describes it (JSON). A case stands here under the name, and with the data, that it has in
bench/Nabla.Bench/Cases.
"""
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import json
import platform
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
MILLION = 1_000_000
CASES = {}


def case(name):
    """Registers a function that makes the data and returns the function to time."""

    def register(make):
        CASES[name] = make
        return make

    return register


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


# ---- scalars and the worked examples ---------------------------------------------------------------------------------


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


@case("example 3: exp(-x²/2)")
def example3():
    def run():
        x = torch.tensor(2.0, requires_grad=True)
        y = torch.exp(-x**2 / 2)
        y.backward()
        return x.grad

    return run


@case("example 8: three blended Gaussians")
def example8():
    def run():
        N = 3
        mu = torch.tensor([[1.0 + i, 1.0 + i] for i in range(N)], requires_grad=True)
        s = torch.tensor([[0.5 * (i + 1), 0.5 * (i + 1), 0.5 * (i + 1)] for i in range(N)], requires_grad=True)
        p = torch.tensor([2.0, 3.0], requires_grad=False)
        c = torch.tensor([1.0 / (i + 1) for i in range(N)], requires_grad=False)
        R_i = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], requires_grad=False)
        W = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], requires_grad=False)
        J = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], requires_grad=False)
        C = torch.tensor(0.0)
        for i in range(N):
            d_i = p - mu[i]
            S_i = torch.diag(s[i])
            Sigma_2D_i = J @ W @ R_i @ S_i @ S_i.T @ R_i.T @ W.T @ J.T
            Sigma_2D_inv_i = torch.linalg.inv(Sigma_2D_i)
            # The notebook writes d_i.T; on a vector that is the vector, with a warning in each call.
            G_i = torch.exp(-0.5 * (d_i @ Sigma_2D_inv_i @ d_i))
            prod = 1
            for j in range(i):
                d_j = p - mu[j]
                S_j = torch.diag(s[j])
                Sigma_2D_j = J @ W @ R_i @ S_j @ S_j.T @ R_i.T @ W.T @ J.T
                Sigma_2D_inv_j = torch.linalg.inv(Sigma_2D_j)
                G_j = torch.exp(-0.5 * (d_j @ Sigma_2D_inv_j @ d_j))
                prod *= 1 - G_j
            C += c[i] * G_i * prod
        C.backward()
        return s.grad

    return run


# ---- one million elements --------------------------------------------------------------------------------------------


def elementwise(name, function, *ranges, shape=(MILLION,), backward=True):
    """Registers forward alone, and forward with backward, where the result's gradient is given."""

    def forward():
        inputs = [tensor(shape, low, high, seed) for seed, (low, high) in enumerate(ranges)]
        return lambda: function(*inputs)

    def both():
        inputs = [tensor(shape, low, high, seed, requires_grad=True) for seed, (low, high) in enumerate(ranges)]
        gradient = tensor(function(*inputs).shape, 0.5, 1.5, 99)

        def run():
            for x in inputs:
                x.grad = None
            function(*inputs).backward(gradient)
            return inputs[0].grad

        return run

    CASES[name] = forward
    if backward:
        CASES[f"{name}, with backward"] = both


REAL, POSITIVE = (-3.0, 3.0), (0.1, 3.0)
elementwise("x + y", lambda x, y: x + y, REAL, REAL)
elementwise("x · y", lambda x, y: x * y, REAL, REAL)
elementwise("x · 1.5", lambda x: x * 1.5, REAL)
elementwise("x / y", lambda x, y: x / y, REAL, POSITIVE)
elementwise("-x", lambda x: -x, REAL)
elementwise("Abs", torch.abs, REAL)
elementwise("Exp", torch.exp, REAL)
elementwise("Log", torch.log, POSITIVE)
elementwise("Tanh", torch.tanh, REAL)
elementwise("Sigmoid", torch.sigmoid, REAL)
elementwise("Sqrt", torch.sqrt, POSITIVE)
elementwise("Sin", torch.sin, REAL)
elementwise("Cos", torch.cos, REAL)
elementwise("Erf", torch.erf, REAL)
elementwise("Pow(2)", lambda x: x**2, REAL)
elementwise("Pow(2.5)", lambda x: x**2.5, POSITIVE)
elementwise("Relu", torch.relu, REAL)
elementwise("Gelu", torch.nn.functional.gelu, REAL)
elementwise("Clamp(-1, 1)", lambda x: torch.clamp(x, -1.0, 1.0), REAL)
elementwise("Maximum", torch.maximum, REAL, REAL)
elementwise("x < y", lambda x, y: x < y, REAL, REAL, backward=False)


@case("Where")
def where_forward():
    condition = tensor((MILLION,), 0, 1, 7) < 0.5
    x, y = tensor((MILLION,), -3, 3, 0), tensor((MILLION,), -3, 3, 1)
    return lambda: torch.where(condition, x, y)


@case("Where, with backward")
def where_backward():
    condition = tensor((MILLION,), 0, 1, 7) < 0.5
    x, y = tensor((MILLION,), -3, 3, 0, requires_grad=True), tensor((MILLION,), -3, 3, 1, requires_grad=True)
    gradient = tensor((MILLION,), 0.5, 1.5, 99)

    def run():
        x.grad = y.grad = None
        torch.where(condition, x, y).backward(gradient)
        return x.grad

    return run


SQUARE = (1000, 1000)
elementwise("Sum", torch.sum, (-1.0, 2.0))
elementwise("Mean", torch.mean, (-1.0, 2.0))
elementwise("Sum over axis 0", lambda x: x.sum(0), (-1.0, 2.0), shape=SQUARE)
elementwise("Sum over axis 1", lambda x: x.sum(1), (-1.0, 2.0), shape=SQUARE)
elementwise("Max", torch.max, REAL)
elementwise("Var", torch.var, REAL)
elementwise("Norm", torch.norm, REAL)
elementwise("LogSumExp", lambda x: torch.logsumexp(x, 0), REAL)
elementwise("Softmax over rows", lambda x: torch.softmax(x, 1), REAL, shape=SQUARE)
elementwise("CumSum", lambda x: torch.cumsum(x, 0), (-1.0, 2.0))


# ---- matrix products -------------------------------------------------------------------------------------------------


def product_of_matrices(name, n, transpose_left=False, transpose_right=False, dtype=torch.float32, backward=False):
    def make():
        x = tensor((n, n), -1, 1, 0, dtype, backward)
        y = tensor((n, n), -1, 1, 1, dtype, backward)
        gradient = tensor((n, n), 0.5, 1.5, 99, dtype)

        def run():
            left = x.T if transpose_left else x
            right = y.T if transpose_right else y
            if not backward:
                return left @ right
            x.grad = y.grad = None
            (left @ right).backward(gradient)
            return x.grad

        return run

    CASES[name] = make


for size in (64, 128, 512, 1024):
    product_of_matrices(f"MatMul {size}²", size)
product_of_matrices("MatMul 512², left transposed", 512, transpose_left=True)
product_of_matrices("MatMul 512², right transposed", 512, transpose_right=True)
product_of_matrices("MatMul 512², float64", 512, dtype=torch.float64)
product_of_matrices("MatMul 512², with backward", 512, backward=True)


# ---- transforms ------------------------------------------------------------------------------------------------------


class Hand:
    """Poses 20 joints in chains of 4 x 4 transforms, blends 100 points between them and subtracts targets."""

    def __init__(self):
        self.bones = tensor((20, 4, 4), -0.5, 0.5, 1)
        self.rest = tensor((4, 100), -1, 1, 2)
        self.weights = tensor((20, 1, 100), 0, 0.1, 3)
        self.targets = tensor((3, 100), -1, 1, 4)
        self.zero, self.one = torch.zeros(()), torch.ones(())
        self.pose = tensor((26,), -1, 1)

    def about_x(self, s, c):
        zero, one = self.zero, self.one
        return torch.stack([one, zero, zero, zero, zero, c, -s, zero, zero, s, c, zero, zero, zero, zero, one]).reshape(4, 4)

    def about_z(self, s, c):
        zero, one = self.zero, self.one
        return torch.stack([c, -s, zero, zero, s, c, zero, zero, zero, zero, one, zero, zero, zero, zero, one]).reshape(4, 4)

    def shift(self, by):
        return torch.cat([torch.eye(4, 3), torch.cat([by, self.one.reshape(1)]).unsqueeze(1)], 1)

    def residuals(self, pose):
        sin, cos = pose.sin(), pose.cos()
        wrist = self.about_z(sin[0], cos[0]) @ self.about_x(sin[1], cos[1]) @ self.about_z(sin[2], cos[2]) @ self.shift(pose[3:6])
        transforms = []
        for finger in range(5):
            at = wrist
            for joint in range(4):
                angle = 6 + finger * 4 + joint
                turn = self.about_z(sin[angle], cos[angle]) if joint == 1 else self.about_x(sin[angle], cos[angle])
                at = at @ self.bones[len(transforms)] @ turn
                transforms.append(at)
        posed = torch.stack(transforms) @ self.rest
        return ((posed * self.weights).sum(0)[:3] - self.targets).reshape(-1)


@case("Jacobian of a hand R²⁶ → R³⁰⁰")
def jacobian_by_rows():
    hand = Hand()
    hand.pose.requires_grad_(True)
    rows = torch.eye(300).unbind(0)

    # What torch.autograd.functional.jacobian does, without what it adds.
    def run():
        y = hand.residuals(hand.pose)
        return torch.stack([torch.autograd.grad(y, hand.pose, row, retain_graph=True)[0] for row in rows])

    return run


@case("a hand, value only")
def hand_value():
    hand = Hand()
    return lambda: hand.residuals(hand.pose)


try:
    import functorch
except ImportError:
    functorch = None

if functorch is not None:

    @case("Jacobian of a hand R²⁶ → R³⁰⁰, theirs by functorch.jacfwd")
    def jacobian_by_columns():
        hand = Hand()
        jacobian = functorch.jacfwd(hand.residuals)
        return lambda: jacobian(hand.pose)

    @case("Vmap of a gradient over 10⁴ items")
    def gradients():
        items = tensor((10_000, 3), 0.1, 1)
        each = functorch.vmap(functorch.grad(lambda x: torch.tanh((x.sin() * x).sum() + (x * x).sum().sqrt())))
        return lambda: each(items)


# ---- the conversation ------------------------------------------------------------------------------------------------


def describe():
    torch.ones(8, 8) @ torch.ones(8, 8)
    with open("/proc/self/maps") as maps:
        libraries = {line.split("/")[-1].strip() for line in maps if ".so" in line}
    blas = sorted(name for name in libraries if any(word in name.lower() for word in ("openblas", "mkl_rt", "blis", "atlas")))
    vectors = [line.split(":")[1].strip() for line in torch.__config__.show().splitlines() if "CPU capability" in line]
    return {
        "name": "PyTorch",
        "version": torch.__version__,
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
        "blas": blas[0] if blas else "unknown",
        "vectors": vectors[0] if vectors else "",
    }


def main():
    prepared = {}

    def answer(text):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    answer(json.dumps(describe()))
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        if command == "prepare":
            if rest not in CASES:
                answer("unknown")
                continue
            prepared[rest] = CASES[rest]()
            answer(f"ok {prepared[rest]().detach().double().abs().mean().item()!r}")
        elif command == "run":
            name, _, count = rest.rpartition(" ")
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
