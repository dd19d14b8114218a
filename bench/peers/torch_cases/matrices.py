"""Products of square matrices."""
import torch

from .registry import CASES, tensor


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
