"""Prints the polynomial coefficients used in Nabla.Symbolics/Numerics.

Each polynomial interpolates its target at Chebyshev nodes in 60 digits, which is within a small factor of the
minimax polynomial; the printed error is the largest one on the interval after the coefficients were rounded.
Run: python3 polynomials.py   (needs mpmath)
"""
from mpmath import mp, mpf, cos, pi, exp, log, log1p, atan, asin, tanh, sin, erf, erfc, sqrt, loggamma, psi, besseli, findroot
import struct

mp.dps = 60


def to_float32(c):
    return mpf(struct.unpack('f', struct.pack('f', float(c)))[0])


def to_float64(c):
    return mpf(float(c))


def fit(f, a, b, degree):
    """Monomial coefficients (ascending) of the interpolant at the Chebyshev nodes of [a, b], by divided differences."""
    n = degree + 1
    a, b = mpf(a), mpf(b)
    x = [(a + b) / 2 + (b - a) / 2 * cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    d = [f(t) for t in x]
    for j in range(1, n):
        for i in range(n - 1, j - 1, -1):
            d[i] = (d[i] - d[i - 1]) / (x[i] - x[i - j])
    c = [mpf(0)] * n
    for k in range(n - 1, -1, -1):
        c = [(c[i - 1] if i > 0 else mpf(0)) - x[k] * c[i] for i in range(n)]
        c[0] += d[k]
    return c


def show(name, f, a, b, degree, single=False):
    rounding = to_float32 if single else to_float64
    c = [rounding(t) for t in fit(f, a, b, degree)]
    worst = max(abs(sum(c[i] * t**i for i in range(degree + 1)) / f(t) - 1)
                for t in [mpf(a) + (mpf(b) - mpf(a)) * (mpf(k) + mpf('0.5')) / 400 for k in range(400)])
    print(f'// {name}: [{mp.nstr(mpf(a), 6)}, {mp.nstr(mpf(b), 6)}], degree {degree}, relative error {mp.nstr(worst, 3)}')
    suffix = 'f' if single else ''
    digits = 9 if single else 17
    print(', '.join(f'{float(t):.{digits}g}' + suffix for t in c))


ln2 = log(2)
h = ln2 / 2 * mpf('1.01')
e2 = lambda r: mp.hyp1f1(1, 3, r) / 2
show('exp float: (e^r-1-r)/r^2', e2, -h, h, 4, True)
show('exp double', e2, -h, h, 10)
lq = lambda f: (log1p(f) - f + f * f / 2) / f**3
show('log float: (log(1+f)-f+f^2/2)/f^3', lq, sqrt(mpf('0.5')) - 1, sqrt(mpf(2)) - 1, 8, True)
s = lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z
show('log double: (2 artanh(s)/s - 2)/s^2 in z=s^2', s, mpf(10)**-20, mpf('0.02944'), 7)
show('log pow: 2 artanh(s)/s - 2)/s^2 reduced', s, mpf(10)**-20, mpf('0.02944'), 4)
show('exp pow: reduced', e2, -h, h, 6)
show('tanh float: (tanh x - x)/x^3 in z', lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, mpf('0.3906'), 5, True)
show('tanh double', lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, mpf('0.3906'), 11)
q = pi / 4 * mpf('1.002')
show('sin float: (sin x - x)/x^3', lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, q * q, 3, True)
show('cos float: (cos x - 1 + x^2/2)/x^4', lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(10)**-15, q * q, 2, True)
show('sin double', lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, q * q, 6)
show('cos double', lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(10)**-15, q * q, 6)
t8 = (sqrt(mpf(2)) - 1) * mpf('1.0001')
show('atan double: (atan x - x)/x^3', lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, t8 * t8, 11)
show('asin double: (asin x - x)/x^3', lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, mpf('0.25'), 13)
show('sinh double: (sinh x - x)/x^3', lambda z: (mp.sinh(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, mpf(1), 7)
show('erf float: erf(x)/x - 1 in z', lambda z: erf(sqrt(z)) / sqrt(z) - 1, mpf(10)**-20, mpf(1), 7, True)
show('atan float: (atan x - x)/x^3', lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, t8 * t8, 5, True)
show('asin float: (asin x - x)/x^3', lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, mpf('0.25'), 5, True)
show('sinh float: (sinh x - x)/x^3', lambda z: (mp.sinh(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, mpf(1), 3, True)
show('tan float: (tan x - x)/x^3', lambda z: (mp.tan(sqrt(z)) / sqrt(z) - 1) / z, mpf(10)**-20, q * q, 6, True)
mp.dps = 100
show('pow double: ((2 artanh(s)/s - 2)/z - 2/3)/z', lambda z: (s(z) - mpf(2) / 3) / z, mpf(10)**-20, mpf('0.02944'), 7)
mp.dps = 60
show('erf double: erf(x)/x - 2/sqrt(pi), /z', lambda z: (erf(sqrt(z)) / sqrt(z) - 2 / sqrt(pi)) / z, mpf(10)**-20, mpf(1), 12)


def fit_weighted(name, f, weight, a, b, degree, points=400):
    """Lawson's iteration: the polynomial whose largest weighted error is smallest. Needs numpy."""
    import numpy as np
    x = (a + b) / 2 + (b - a) / 2 * np.cos(np.pi * (np.arange(points) + .5) / points)
    y = np.array([float(f(mpf(t))) for t in x])
    w = np.array([float(weight(mpf(t))) for t in x])
    v = np.polynomial.chebyshev.chebvander((2 * x - a - b) / (b - a), degree)
    lawson = np.ones(points)
    for _ in range(60):
        c = np.linalg.lstsq(v * (w * np.sqrt(lawson))[:, None], y * w * np.sqrt(lawson), rcond=None)[0]
        e = np.abs((v @ c - y) * w)
        lawson *= e / e.max() + 1e-12
        lawson /= lawson.sum()
    p = np.polynomial.chebyshev.Chebyshev(c, domain=[a, b]).convert(kind=np.polynomial.Polynomial).coef
    print(f'// {name}: [{a}, {b}], degree {degree}, weighted error {e.max():.3g}')
    print(', '.join(f'{float(np.float32(t)):.9g}f' for t in p))


# erf = 1 - p^4, so an error of p counts 4 p^3 / erf times.
fit_weighted('erf float tail: erfc(x)^(1/4)', lambda x: erfc(x)**mpf('0.25'), lambda x: 4 * erfc(x)**mpf('0.75') / erf(x), 1.0, 4.0, 8)


def erfcx_scaled(t):
    x = 4 * (1 + t) / (1 - t)
    return (1 + 2 * x) * exp(x * x) * erfc(x)


show('erfc double: (1+2x) e^(x^2) erfc(x) in t=(x-4)/(x+4)', erfcx_scaled, -1, mpf('0.752'), 22)
# log gamma: lgamma(x) = (x-1)(x-2) P(x - 1.5) on [1, 2], P(x - 2.5) on [2, 3]
lg = lambda x: loggamma(x) / ((x - 1) * (x - 2))
show('lgamma [1,2] in x-1.5', lambda t: lg(t + mpf('1.5')), -0.5, 0.5, 21)
show('lgamma [2,3] in x-2.5', lambda t: lg(t + mpf('2.5')), -0.5, 0.5, 16)
show('Stirling: log gamma x - ((x-1/2) log x - x + log(2 pi)/2), times x, in z = 1/x^2',
     lambda z: (loggamma(1 / sqrt(z)) - ((1 / sqrt(z) - mpf('0.5')) * log(1 / sqrt(z)) - 1 / sqrt(z) + log(2 * pi) / 2)) / sqrt(z),
     mpf(10)**-12, 1 / mpf('7.5')**2, 6)
show('its derivative: (log x - 1/(2x) - digamma x)/z', lambda z: (log(1 / sqrt(z)) - sqrt(z) / 2 - psi(0, 1 / sqrt(z))) / z, mpf(10)**-12, 1 / mpf(36), 8)
root = findroot(lambda x: psi(0, x), mpf('1.4616'))
hi = mpf(float(root))
print('// digamma root', repr(float(root)), repr(float(root - hi)))
show('digamma [1,2] in x-1.5, over (x-root)', lambda t: psi(0, t + mpf('1.5')) / (t + mpf('1.5') - root), -0.5, 0.5, 21)
# Bessel: sqrt(x) e^-x I0(x) beyond 8 in t = 16/x - 1


def chebyshev(name, f, n):
    nodes = [cos(pi * (2 * k + 1) / (2 * 60)) for k in range(60)]
    values = [f(t) for t in nodes]
    c = [2 * sum(values[k] * cos(pi * j * (2 * k + 1) / 120) for k in range(60)) / 60 for j in range(n)]
    c[0] /= 2
    print(f'// {name}: Chebyshev coefficients in t, next is {mp.nstr(2 * sum(values[k] * cos(pi * n * (2 * k + 1) / 120) for k in range(60)) / 60, 3)}')
    print(', '.join(f'{float(t):.17g}' for t in c))


for order in (0, 1):
    large = lambda t: exp(-16 / (t + 1)) * besseli(order, 16 / (t + 1)) * sqrt(16 / (t + 1))
    chebyshev(f'I{order} large', large, 26)
