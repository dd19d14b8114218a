"""Writes primitives.csv: values of the primitives at exactly representable points, computed in 60 digits.

Columns: name, first argument, second argument (empty if unary), value; all doubles in shortest round-trip form.
Run: python3 primitives.py > primitives.csv   (needs mpmath)
"""
import math
import random
from mpmath import mp, mpf

mp.dps = 60
random.seed(20240229)


def spread(low, high, n=24, signed=True):
    """Log-uniform magnitudes in [low, high]."""
    points = [math.exp(random.uniform(math.log(low), math.log(high))) for _ in range(n)]
    return [p * random.choice((-1, 1)) for p in points] if signed else points


def uniform(low, high, n=24):
    return [random.uniform(low, high) for _ in range(n)]


tiny = spread(1e-300, 1e-3, 12)
positive_tiny = [abs(x) for x in tiny]


def zeta(s, q):
    total = mpf(0)
    while q < 1:
        total += q**(-s)
        q += 1
    return total + mp.zeta(s, q)


def softplus(x):
    return mp.log1p(mp.exp(x))


def erfinv(y):
    with mp.workdps(80):
        return mp.erfinv(y)


unary = {
    'exp': (mp.exp, tiny + uniform(-745, 709) + uniform(-2, 2)),
    'exp2': (lambda x: mpf(2)**x, tiny + uniform(-1074, 1023) + uniform(-2, 2)),
    'expm1': (mp.expm1, tiny + uniform(-50, 709) + uniform(-2, 2)),
    'log': (mp.log, spread(5e-324, 1e308, 24, False) + uniform(0.5, 2)),
    'log2': (lambda x: mp.log(x) / mp.log(2), spread(5e-324, 1e308, 24, False) + uniform(0.5, 2)),
    'log10': (mp.log10, spread(5e-324, 1e308, 24, False) + uniform(0.5, 2)),
    'log1p': (mp.log1p, tiny + uniform(-1, 2) + spread(1, 1e308, 12, False)),
    'sigmoid': (lambda x: 1 / (1 + mp.exp(-x)), tiny + uniform(-740, 40) + uniform(-3, 3)),
    'softplus': (softplus, tiny + uniform(-740, 40) + uniform(-3, 3)),
    'sin': (mp.sin, tiny + uniform(-8, 8) + spread(8, 1e15)),
    'cos': (mp.cos, tiny + uniform(-8, 8) + spread(8, 1e15)),
    'tan': (mp.tan, tiny + uniform(-8, 8) + spread(8, 1e15)),
    'asin': (mp.asin, tiny + uniform(-1, 1, 40)),
    'acos': (mp.acos, tiny + uniform(-1, 1, 40) + [1 - 2.0**-k for k in (10, 20, 40, 53)]),
    'atan': (mp.atan, tiny + uniform(-3, 3, 40) + spread(3, 1e300)),
    'sinh': (mp.sinh, tiny + uniform(-2, 2) + uniform(-710.4, 710.4)),
    'cosh': (mp.cosh, tiny + uniform(-2, 2) + uniform(-710.4, 710.4)),
    'tanh': (mp.tanh, tiny + uniform(-2, 2) + uniform(-25, 25)),
    'asinh': (mp.asinh, tiny + uniform(-2, 2) + spread(2, 1e308)),
    'acosh': (mp.acosh, [1 + 2.0**-k for k in range(1, 53, 4)] + uniform(1, 3) + spread(2, 1e308, 24, False)),
    'atanh': (mp.atanh, tiny + uniform(-1, 1, 40)),
    'erf': (mp.erf, tiny + uniform(-2, 2) + uniform(-6, 6)),
    'erfc': (mp.erfc, tiny + uniform(-2, 2) + uniform(-6, 26.5)),
    'erfinv': (erfinv, tiny + uniform(-1, 1, 40) + [1 - 2.0**-k for k in (10, 20, 40, 53)]),
    'lgamma': (lambda x: mp.log(abs(mp.gamma(x))) if abs(x) < 1e3 else mp.loggamma(x),
               positive_tiny + uniform(0, 3, 40) + uniform(3, 30) + spread(30, 1e300, 12, False) + uniform(-20, 0)
               + [1 + 1e-9, 1 - 1e-9, 2 + 1e-9, 2 - 1e-9]),
    'digamma': (lambda x: mp.psi(0, x), tiny + uniform(0, 3, 40) + uniform(3, 30) + spread(30, 1e300, 12, False) + uniform(-20, 0)
                + [1.4616321449683622, 1.4616321449, 1.46]),
    'i0': (lambda x: mp.besseli(0, x), tiny + uniform(-12, 12) + uniform(-712, 712)),
    'i1': (lambda x: mp.besseli(1, x), tiny + uniform(-12, 12) + uniform(-712, 712)),
    'i0e': (lambda x: mp.besseli(0, x) * mp.exp(-abs(x)), tiny + uniform(-12, 12) + uniform(-5000, 5000)),
    'i1e': (lambda x: mp.besseli(1, x) * mp.exp(-abs(x)), tiny + uniform(-12, 12) + uniform(-5000, 5000)),
}


def pairs(a, b):
    return list(zip(a, b))


binary = {
    'pow': (lambda x, y: x**y, pairs(spread(1e-3, 1e3, 40, False), uniform(-60, 60, 40)) + pairs(uniform(0.99, 1.01), uniform(-1e4, 1e4))),
    'atan2': (mp.atan2, pairs(uniform(-3, 3, 40), uniform(-3, 3, 40)) + pairs(spread(1e-300, 1e300), spread(1e-8, 1e8))),
    'polygamma': (lambda n, x: mp.psi(int(n), x), pairs([1.0, 2.0, 3.0, 5.0] * 8, uniform(0.05, 20, 32))
                  + pairs([1.0, 2.0, 3.0, 4.0] * 4, uniform(-6, 0, 16)) + [(30.0, 2.5), (1.0, 1e10), (2.0, 1e-10)]),
    'zeta': (zeta, pairs(uniform(1.01, 12, 40), uniform(0.05, 20, 40)) + pairs([2.0, 3.0, 4.0] * 5, uniform(-6, 0, 15))
             + [(2.0, 1.0), (60.0, 1.0), (1.5, 1e8), (1.0001, 3.0)]),
}

for name, (f, points) in unary.items():
    for x in points:
        print(f'{name},{x!r},,{float(mp.re(f(mpf(x))))!r}')
for name, (f, points) in binary.items():
    for a, b in points:
        print(f'{name},{a!r},{b!r},{float(mp.re(f(mpf(a), mpf(b))))!r}')
