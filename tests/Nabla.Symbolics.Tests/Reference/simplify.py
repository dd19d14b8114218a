"""Writes simplify.csv: classic simplifications, SymPy's result and its number of operations in the convention of OperationCount.

Columns (separated by ;): formula, SymPy's result, operations. The letters p, q, r stand for positive numbers, the others for real ones.
Operations: n-1 for a sum or product of n operands, a factor -1 not counted, 1 for a power or a function; each subterm counted once.
Run: python3 simplify.py > simplify.csv   (needs sympy 1.11)
"""
import sympy as sp

FORMULAS = """
sin(x)^2 + cos(x)^2
a*sin(x)^2 + a*cos(x)^2 + b
1 - sin(x)^2
1 + tan(x)^2
cosh(x)^2 - sinh(x)^2
2*sin(x)*cos(x)
sin(x)/cos(x)
tan(x)*cos(x)
sin(x)*cos(y) + cos(x)*sin(y)
cos(x)*cos(y) - sin(x)*sin(y)
sin(x)^4 - cos(x)^4
sin(x)^4 + 2*sin(x)^2*cos(x)^2 + cos(x)^4
(1 - cos(x)^2)/sin(x)
sin(x)^2/(1 - cos(x))
1/(1 + tan(x)^2)
sin(2*x)/sin(x)
2*cos(x)^2 - 1
sinh(x)/cosh(x)
exp(x)*exp(y)
exp(x)*exp(-x)
exp(x)^3
exp(log(x))
log(exp(x))
log(p^3)
log(p) + log(q)
log(p) - log(q)
exp(2*log(p))
(exp(x) + exp(-x))/2
(exp(2*x) - 1)/(exp(x) - 1)
(exp(x) - exp(-x))/(exp(x) + exp(-x))
exp(x + y)/exp(x)
sqrt(x^2)
sqrt(p^2*q)
sqrt(p)*sqrt(q)
sqrt(x^2 + 2*x + 1)
(sqrt(x) + 1)*(sqrt(x) - 1)
(x^2 - 1)/(x - 1)
(x^2 + 2*x + 1)/(x + 1)
(x^3 - y^3)/(x - y)
(x^3 + x^2 - x - 1)/(x^2 + 2*x + 1)
1/x + 1/y
a/b + c/b
1/(x - 1) - 1/(x + 1)
1/(x - 1) - 1/(x + 1) - 2/(x^2 - 1)
x/(x + 1) + 1/(x + 1)
(a*x + b*x)/(a + b)
(a + b)*c - a*c - b*c
(x + 1)^2 - x^2 - 2*x - 1
x*(x + 1) - x^2
x^2*y + x*y^2
(x^2)^3
x*y/(y*x^2)
(x + y)^2/(x + y)
((x + 1)^2 - (x - 1)^2)/4
gamma(x + 1)/gamma(x)
gamma(x + 2)/gamma(x)
1 - erf(x)
abs(abs(x))
abs(x)^2
sin(asin(x))
(2 + sqrt(3))*(2 - sqrt(3))
sqrt(8) + sqrt(2)
""".strip().splitlines()


def operations(expression):
    count = 0
    for node in set(sp.preorder_traversal(expression)):
        if node.is_Add or node.is_Mul:
            operands = [a for a in node.args if not (node.is_Mul and a == -1)]
            count += len(operands) - 1
        elif node.args and not node.is_Rational:
            count += 1
    return count


names = {n: sp.Symbol(n, positive=True) for n in "pqr"}
names.update({n: sp.Symbol(n, real=True) for n in "abcxyz"})
names["abs"] = sp.Abs
for line in FORMULAS:
    simple = sp.simplify(sp.sympify(line.replace("^", "**"), locals=names))
    print(f"{line};{str(simple).replace('**', '^')};{operations(simple)}")
