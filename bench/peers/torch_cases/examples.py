"""Two worked examples of the lessons, tensors created each time."""
import torch

from .registry import case


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
