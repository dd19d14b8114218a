"""Writes digits.csv: formulas and their values to 30, 50 and 200 significant digits.

Columns, separated by ';': formula, digits, value. Computed by mpmath with twice the digits and more, rounded at the end.
Run: python3 digits.py > digits.csv   (needs mpmath)
"""
from mpmath import mp, mpf, sqrt, exp, log, sin, cos, tan, asin, acos, atan, atan2, sinh, cosh, tanh, asinh, acosh, atanh, erf, erfc, gamma, loggamma, pi, cbrt, hypot, floor

mp.dps = 900


def e():
    return mp.e


lgamma = lambda x: log(abs(gamma(x)))
log1p = lambda x: log(1 + x)
expm1 = lambda x: exp(x) - 1
sigmoid = lambda x: 1 / (1 + exp(-x))
softplus = lambda x: log(1 + exp(x))
q = lambda a, b: mpf(a) / b

formulas = [
    'q(1,3)', 'q(22,7)', 'q(1,8)', 'sqrt(2)', 'sqrt(q(1,3))', '2**q(1,3)', 'pi', 'exp(1)', 'exp(pi*sqrt(163))', 'exp(-100)', 'exp(q(1,1000))',
    'log(2)', 'log(10)', 'log(q(1,7))', 'log(1+q(3,10**30))', 'log(10**50)', 'sin(1)', 'cos(1)', 'tan(1)', 'sin(10**22)', 'cos(10**22)', 'tan(10**30)',
    'sin(q(1,10**10))-q(1,10**10)', 'cos(q(1,10**20))-1', 'sin(pi*q(1,7))', 'tan(pi*q(49,100))', 'asin(q(1,3))', 'acos(q(1,3))', 'asin(q(999999,1000000))',
    'atan(q(1,2))', 'atan(100)', 'atan(-3)', 'atan2(1,-2)', 'atan2(-1,-2)', 'atan2(-3,5)', 'sinh(1)', 'cosh(1)', 'tanh(1)', 'tanh(q(1,10**15))', 'sinh(q(1,10**25))',
    'asinh(2)', 'asinh(-q(1,10**12))', 'acosh(2)', 'acosh(1+q(1,10**20))', 'atanh(q(1,2))', 'atanh(q(1,10**18))', 'log1p(q(1,10**40))', 'expm1(q(1,10**40))',
    'sigmoid(-50)', 'softplus(-50)', 'softplus(3)', 'erf(q(1,2))', 'erf(3)', 'erfc(5)', 'erfc(20)', 'erf(q(1,10**12))', 'gamma(q(1,3))', 'gamma(q(7,2))', 'gamma(-q(5,2))',
    'lgamma(q(1,4))', 'lgamma(1000)', 'gamma(q(201,2))', 'hypot(1,2)', 'sqrt(2)+sqrt(3)-sqrt(5+2*sqrt(6)+q(1,10**60))', 'pi**pi', '2**sqrt(2)', 'exp(exp(3))',
    '(1+q(1,10**6))**(10**6)', 'log(log(log(10**100)))', '4*atan(q(1,5))*4-4*atan(q(1,239))-pi+q(1,10**50)', 'sqrt(10**40+1)-10**20', 'exp(log(3)+log(7))', 'abs(sin(4))',
    'sin(3)*exp(-q(7,3))/(2+cos(q(5,4)))', 'cos(atan(q(1,3)))', 'q(10**30,7)', 'q(1,10**30*7)', 'sin(-q(22,7))',
]
for text in formulas:
    value = mpf(eval(text))
    import re
    shown = re.sub(r'q\(', 'frac(', text).replace('**', '^')
    for digits in (30, 50, 200):
        print(f'{shown};{digits};{mp.nstr(value, digits, strip_zeros=False, min_fixed=-6, max_fixed=digits).rstrip(".")}')
