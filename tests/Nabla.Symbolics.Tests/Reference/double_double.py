"""Prints the constants of Accuracy/DoubleDoubleFunctions.cs, each as a sum of doubles.

Run: python3 double_double.py   (needs mpmath)
"""
from mpmath import mp, mpf, log, pi, sqrt, euler, zeta, psi, findroot, factorial, bernoulli

mp.dps = 80


def parts(x, n=2):
    out = []
    for _ in range(n):
        out.append(float(x))
        x -= mpf(out[-1])
    return out


def show(name, values, n=2):
    print(f'// {name}')
    for v in values:
        print('    new(' + ', '.join(f'{p:.17g}' for p in parts(v, n)) + '),')


show('ln 2 in three', [log(2)], 3)
show('pi/2 in three', [pi / 2], 3)
show('2/sqrt(pi)', [2 / sqrt(pi)])
show('log(2 pi)/2', [log(2 * pi) / 2])
show('log gamma at 1: -euler, then (-1)^n zeta(n)/n, n = 2..', [-euler] + [(-1) ** n * zeta(n) / n for n in range(2, 24)])
root = findroot(lambda x: psi(0, x), mpf('1.4616'))
show('digamma root in three', [root], 3)
show('digamma at its root: psi^(n)/n!, n = 1..', [psi(n, root) / factorial(n) for n in range(1, 22)])
show('B(2k)/(2k(2k-1)), k = 1..', [bernoulli(2 * k) / (2 * k * (2 * k - 1)) for k in range(1, 16)])
show('B(2k)/2k, k = 1..', [bernoulli(2 * k) / (2 * k) for k in range(1, 16)])
