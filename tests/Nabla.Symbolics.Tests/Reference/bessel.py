"""Writes bessel.csv: values of the gamma function and of the Bessel functions of real order, computed in 60 digits.

Columns: name, order or argument, argument (empty if unary), value, size: sqrt(J^2 + Y^2) where the function oscillates, else the value.
Run: python3 bessel.py > bessel.csv   (needs mpmath)
"""
import random
from mpmath import mp, mpf

mp.dps = 60
random.seed(20240301)

orders = [0.0, 1.0, 2.0, 5.0, 12.0, 40.0, 0.5, 1.5, 2.5, 1 / 3, 0.25, 3.7, 17.25, 99.9, -1.0, -2.0, -0.5, -1.5, -0.3, -4.75]
points = [1e-12, 1e-3, 0.1, 0.7, 1.3, 1.99, 2.0, 2.6, 4.2, 8.5, 15.0, 33.3, 90.0, 250.0, 600.0, 999.0, 1001.0, 25000.0]


def row(name, a, b, value, size):
    v, s = float(mp.re(value)), float(mp.re(size))
    if 1e-290 < abs(s) < 1e300:
        print(f'{name},{a!r},{b},{v!r},{s!r}')


for v in orders:
    for x in points + [random.uniform(0.01, 60) for _ in range(4)]:
        j, y = mp.besselj(v, mpf(x)), mp.bessely(v, mpf(x))
        size = mp.sqrt(j * j + y * y) if x > abs(v) else None
        row('besselj', v, repr(x), j, size or j)
        row('bessely', v, repr(x), y, size or y)
        i, k = mp.besseli(v, mpf(x)), mp.besselk(v, mpf(x))
        row('besseli', v, repr(x), i, i)
        row('besselk', v, repr(x), k, k)
for v, x in [(0.0, -2.5), (1.0, -2.5), (3.0, -7.25), (-3.0, -0.5)]:
    row('besselj', v, repr(x), mp.besselj(v, mpf(x)), mp.besselj(v, mpf(x)))
    row('besseli', v, repr(x), mp.besseli(v, mpf(x)), mp.besseli(v, mpf(x)))
for x in ([random.uniform(0, 3) for _ in range(30)] + [random.uniform(3, 171.6) for _ in range(40)] + [random.uniform(-170, 0) for _ in range(40)]
          + [1e-300, -1e-300, 1e-10, 0.5, -0.5, 1.0, 2.0, 10.0, 23.0, 24.0, 171.0, -170.5, -176.5, 1.4616321449683622]):
    row('gamma', x, '', mp.gamma(mpf(x)), mp.gamma(mpf(x)))
for x in ([random.uniform(0, 2) for _ in range(30)] + [10.0**-k for k in (1, 3, 10, 50, 200)] + [1 + 2.0**-k for k in (2, 10, 30)] + [2 - 2.0**-k for k in (5, 20)]):
    # Newton's method on log(erfc), which is nearly a parabola.
    with mp.workdps(350):
        target, t = mp.log(mpf(x)), mpf(0) if x > 0.1 else mp.sqrt(-mp.log(mpf(x)))
        for _ in range(60):
            value = mp.erfc(t)
            t -= (mp.log(value) - target) * value / (-2 / mp.sqrt(mp.pi) * mp.exp(-t * t))
    row('erfcinv', x, '', t, t)
