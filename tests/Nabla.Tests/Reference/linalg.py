"""Linear algebra in float64: values, and gradients of a fixed scalar functional.

Each case: op, parameters, arguments (nested), the functional in words, its value and its gradient with respect to every
argument. The functional is sum(result * weights) with weight i (row-major) 0.5 + 0.25 * (i mod 5) - 0.1 * (i mod 3), except
where the result is fixed only up to signs (eigenvectors, singular vectors): there it squares the entries first.
Cases that are singular on purpose say what Nabla should give in "expected".
"""

import math

import torch
from reference import pascal, write

A = [[2.0, -1.0, 0.5], [0.3, 1.7, -0.8], [-0.6, 0.9, 2.4]]
S = [[4.0, 1.0, -0.5], [1.0, 3.0, 0.7], [-0.5, 0.7, 2.5]]
TALL = [[1.0, 0.5], [-0.3, 2.0], [0.8, -1.1], [0.2, 0.6]]
WIDE = [[1.0, -0.3, 0.8], [0.5, 2.0, -1.1]]
B = [[1.0, 0.5], [-0.4, 2.0], [0.3, -1.2]]
V = [0.7, -1.3, 0.4]
BATCH = [[[2.0, 0.5], [-0.3, 1.5]], [[1.0, -0.7], [0.4, 3.0]]]
SINGULAR = [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]]
cases = []


def weights_of(tensor):
    index = torch.arange(tensor.numel(), dtype=torch.float64)
    return (0.5 + 0.25 * (index % 5) - 0.1 * (index % 3)).reshape(tensor.shape)


def weighted(*results):
    return sum((result * weights_of(result)).sum() for result in results)


def add(op, function, arguments, functional="sum(result * weights)", expected=None, note=None, results=None, scalar=None, **parameters):
    """function gives a tensor or a tuple; scalar makes a number of it, results chooses what is recorded."""
    xs = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arguments]
    case = {"op": op, "name": pascal(op), "parameters": parameters, "arguments": arguments, "functional": functional}
    result = function(*xs)
    parts = list(result) if isinstance(result, tuple) else [result]
    try:
        value = scalar(*parts) if scalar else weighted(*parts)
        gradients = torch.autograd.grad(value, xs)
        case.update(result=[p for p in (results(*parts) if results else parts)], value=value, gradients=gradients)
    except RuntimeError as error:
        case.update(result=parts, error=str(error).splitlines()[0])
    if expected is not None:
        case["expected"] = expected
    if note:
        case["note"] = note
    cases.append(case)


# ---- inverse, solve, determinants
for matrix in (A, S, BATCH):
    add("inv", torch.linalg.inv, [matrix])
    add("det", torch.linalg.det, [matrix])
    add("slogdet", torch.linalg.slogdet, [matrix], "logabsdet weighted; results are sign and logabsdet",
        scalar=lambda sign, log: (log * weights_of(log)).sum())
add("slogdet", torch.linalg.slogdet, [[[1.0, 2.0], [3.0, 4.0]]], "logabsdet weighted; results are sign and logabsdet",
    scalar=lambda sign, log: (log * weights_of(log)).sum())
add("solve", torch.linalg.solve, [A, B])
add("solve", torch.linalg.solve, [A, V])
add("solve", torch.linalg.solve, [BATCH, [[[1.0], [2.0]], [[-1.0], [0.5]]]])
add("det", torch.linalg.det, [SINGULAR], expected=[[[2.0, 2.0, -2.0], [-1.0, -1.0, 1.0], [0.0, 0.0, 0.0]]],
    note="The gradient is the adjugate transposed (times the weight 0.5); PyTorch 1.13 differs at singular matrices.")
add("det", torch.linalg.det, [[[0.0, 0.0], [0.0, 0.0]]], expected=[[[0.0, 0.0], [0.0, 0.0]]])

# ---- factorisations
add("cholesky", torch.linalg.cholesky, [S], note="The gradient is symmetric: the input is taken to be a symmetric matrix.")
add("cholesky", torch.linalg.cholesky, [[[[2.0, 0.5], [0.5, 1.5]], [[3.0, -0.7], [-0.7, 1.0]]]])
for matrix in (A, TALL, BATCH):
    add("qr", torch.linalg.qr, [matrix], "sum(result * weights) of both Q and R, with the signs that make the diagonal of R positive",
        scalar=lambda q, r: weighted(q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2), r * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-1)),
        results=lambda q, r: (q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2), r * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-1)))
for matrix in (S, [[[2.0, 0.5], [0.5, 1.5]], [[3.0, -0.7], [-0.7, 1.0]]]):
    add("eigh", torch.linalg.eigh, [matrix], "sum(w * weights) + sum(V^2 * weights); results are w and V^2",
        scalar=lambda w, v: weighted(w, v * v), results=lambda w, v: (w, v * v))
    add("eigvalsh", torch.linalg.eigvalsh, [matrix])
    add("svd", lambda x: tuple(torch.linalg.svd(x, full_matrices=False)), [matrix],
        "sum(s * weights) + sum(U^2 * weights) + sum(Vh^2 * weights); results are U^2, s, Vh^2",
        scalar=lambda u, s, v: weighted(s, u * u, v * v), results=lambda u, s, v: (u * u, s, v * v), full_matrices=False)
for matrix in (A, TALL, WIDE):
    add("svd", lambda x: tuple(torch.linalg.svd(x, full_matrices=False)), [matrix],
        "sum(s * weights) + sum(U^2 * weights) + sum(Vh^2 * weights); results are U^2, s, Vh^2",
        scalar=lambda u, s, v: weighted(s, u * u, v * v), results=lambda u, s, v: (u * u, s, v * v), full_matrices=False)
    add("svd_product", lambda x: tuple(torch.linalg.svd(x, full_matrices=False)), [matrix],
        "sum((U diag(s^2) Vh) * weights); the result is U diag(s^2) Vh",
        scalar=lambda u, s, v: weighted(u * (s * s).unsqueeze(-2) @ v), results=lambda u, s, v: (u * (s * s).unsqueeze(-2) @ v,), full_matrices=False)
    add("svdvals", torch.linalg.svdvals, [matrix])
    add("pinv", torch.linalg.pinv, [matrix])

# ---- matrix norms
for matrix in (A, TALL, WIDE):
    for order in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
        add("matrix_norm", lambda x: torch.linalg.matrix_norm(x, order), [matrix], order=order)
for order in ("fro", "nuc", 1, 2, math.inf):
    add("matrix_norm", lambda x: torch.linalg.matrix_norm(x, order), [BATCH], order=order)

# ---- products
add("matmul", torch.matmul, [A, B])
add("matmul", torch.matmul, [A, V])
add("matmul", torch.matmul, [V, A])
add("matmul", torch.matmul, [V, V])
add("matmul", torch.matmul, [BATCH, [[1.0, 2.0, -1.0], [0.5, -0.5, 3.0]]])
add("matmul", torch.matmul, [[[1.0, 2.0], [0.5, -1.0], [3.0, 0.1]], BATCH])
add("outer", torch.outer, [V, [1.0, 2.0]])
add("dot", torch.dot, [V, [1.0, 2.0, 3.0]])
add("cross", torch.linalg.cross, [A, S])
add("tensor_dot", lambda a, b: torch.tensordot(a, b, dims=([1], [0])), [A, B], axes=[[1], [0]])
add("tensor_dot", lambda a, b: torch.tensordot(a, b, dims=2), [A, S], axes=2)
for equation, arguments in (("ij,jk->ik", [A, B]), ("ij->ji", [A]), ("ii->i", [A]), ("ii", [A]), ("ij,ij->", [A, S]), ("i,j->ij", [V, V]),
                            ("bij,bjk->bik", [BATCH, BATCH]), ("bij,jk", [BATCH, [[1.0, 2.0], [3.0, -1.0]]]),
                            ("i,ij,j->", [V, A, V]), ("...ij,...jk->...ik", [BATCH, BATCH]), ("ij,kj->ik", [A, S]), ("bij->b", [BATCH])):
    add("einsum", lambda *xs: torch.einsum(equation, *xs), arguments, equation=equation)
add("trace", torch.trace, [A])
add("matrix_power", lambda x: torch.linalg.matrix_power(x, 3), [A], exponent=3)
add("matrix_power", lambda x: torch.linalg.matrix_power(x, -2), [A], exponent=-2)
add("matrix_exp", torch.linalg.matrix_exp, [A])

write(cases, note="result is a list of the results; gradients has one entry per argument.")
