"""Small programs about the autograd engine, with what PyTorch made of them.

Each case: id, description, the program, and the outcome: either the values of some expressions after it ran, or
{"error": kind, "pytorch": its message}, where the kind is one of ours (asserted here against words of the message):
  second-backward, in-place-on-saved, in-place-on-leaf, view-of-leaf, multi-view, does-not-require-grad, not-scalar,
  unused-input, integer-grad, set-on-non-leaf, shape-mismatch, wrong-count, inference, hook-shape, hook-count,
  pack-in-place, saved-freed, inference-in-place, inference-grad
"""

import math
import textwrap
import warnings

import torch
from reference import plain, write

warnings.simplefilter("ignore")
WORDS = {
    "second-backward": "second time",
    "in-place-on-saved": "modified by an inplace operation",
    "in-place-on-leaf": "a leaf Variable that requires grad is being used in an in-place operation",
    "view-of-leaf": "a view of a leaf Variable that requires grad is being used in an in-place operation",
    "multi-view": "multiple views",
    "does-not-require-grad": "does not require grad",
    "not-scalar": "only for scalar outputs",
    "unused-input": "allow_unused",
    "integer-grad": "floating point",
    "set-on-non-leaf": "leaf variables",
    "shape-mismatch": "shape",
    "wrong-count": "gradients",
    "inference": "Inference tensors",
    "hook-shape": "has changed the size",
    "hook-count": "incorrect number of values",
    "pack-in-place": "modifying its input in place",
    "saved-freed": "directly access saved tensors after they have already been freed",
    "inference-in-place": "Inplace update to inference tensor outside InferenceMode",
    "inference-grad": "Setting requires_grad=True on inference tensor outside InferenceMode",
}
PRELUDE = """
def tensor(data, **options):
    return torch.tensor(data, dtype=torch.float64, **options)
def leaf(data):
    return tensor(data, requires_grad=True)
def numbers(gradients):
    return [None if g is None else g.tolist() for g in gradients]
saved_hooks = torch.autograd.graph.saved_tensors_hooks
"""
cases = []


def case(name, description, program, *expressions, error=None):
    program = textwrap.dedent(program).strip()
    scope = {"torch": torch, "math": math}
    exec(PRELUDE, scope)
    row = {"id": name, "description": description, "program": program.splitlines()}
    try:
        exec(program, scope)
        row["outcome"] = {text: plain(eval(text, scope)) for text in expressions}
        assert error is None, name + ": no error"
    except RuntimeError as thrown:
        message = str(thrown)
        assert error and WORDS[error] in message, name + ": " + message
        row["outcome"] = {"error": error, "pytorch": message.splitlines()[0][:160]}
    cases.append(row)


# ---- leaves and accumulation
case("accumulation", "Two backwards add into the same gradient object.", """
    x = leaf([1., 2.])
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    """, "x.grad", "x.grad is first")
case("grad of a non-leaf", "A non-leaf has no gradient unless it was asked to keep it.", """
    x = leaf([1., 2.]); y = x * 2; z = (y * y).sum(); z.backward()
    """, "y.grad", "x.grad", "y.is_leaf", "x.is_leaf")
case("retain grad", "RetainGrad keeps the gradient of a non-leaf.", """
    x = leaf([1., 2.]); y = x * 2; y.retain_grad(); (y * y).sum().backward()
    """, "y.grad", "x.grad")
case("gradient is not aliased", "The stored gradient is a copy, not the gradient that was handed in.", """
    x = leaf([1., 2.]); y = leaf([3., 4.]); g = tensor([1., 1.])
    (x + y).backward(g)
    g.zero_(); x.grad.mul_(5)
    """, "x.grad", "y.grad", "x.grad is y.grad")
case("repeated inputs", "The same tensor as both arguments.", """
    x = leaf(3.); y = x * x; y.backward(); a = x.grad.clone(); x.grad = None; (x + x).backward()
    """, "a", "x.grad")
case("diamond", "A value used twice collects both gradients before it goes on.", """
    x = leaf(2.); y = x * x; z = y * 3 + y * y; z.backward()
    """, "x.grad")
case("grad dtype", "A gradient has its input's dtype.", """
    a = torch.tensor([1., 2.], dtype=torch.float32, requires_grad=True); b = leaf([3., 4.])
    c = a * b; c.sum().backward()
    """, "str(c.dtype)", "str(a.grad.dtype)", "str(b.grad.dtype)", "a.grad", "b.grad")
case("broadcast", "The gradient of a broadcast sums over the broadcast axes.", """
    x = leaf([[1.], [2.]]); y = leaf([10., 20., 30.]); (x * y).sum().backward()
    """, "x.grad", "y.grad")
case("zero set to none", "Setting a gradient to none starts afresh.", """
    x = leaf(2.); (x * x).backward(); x.grad = None; (x * 5).backward()
    """, "x.grad")

# ---- backward's argument
case("not scalar", "Backward without a gradient needs one element.", """
    x = leaf([1., 2.]); (x * 2).backward()
    """, error="not-scalar")
case("one element", "One element is enough, whatever the rank.", """
    x = leaf([[3.]]); (x * x).backward()
    """, "x.grad")
case("output gradient", "The given gradient weighs the outputs.", """
    x = leaf([1., 2., 3.]); (x * x).backward(tensor([1., 0., -1.]))
    """, "x.grad")
case("output gradient shape", "A given gradient of another shape is refused.", """
    x = leaf([1., 2., 3.]); (x * x).backward(tensor([1., 2.]))
    """, error="shape-mismatch")
case("no graph", "Backward of something that does not require grad.", """
    x = tensor([1., 2.]); x.sum().backward()
    """, error="does-not-require-grad")

# ---- going through a graph twice
case("twice without saved values", "(x + 1).sum() saves nothing and may run twice.", """
    x = leaf([1., 2.]); y = (x + 1).sum(); y.backward(); y.backward()
    """, "x.grad")
case("twice with saved values", "x * x saves its arguments, which the first backward freed.", """
    x = leaf([1., 2.]); y = (x * x).sum(); y.backward(); y.backward()
    """, error="second-backward")
case("twice through a number", "x * 2 saves the factor, even a plain number: the second backward is refused.", """
    x = leaf([1., 2.]); y = (x * 2).sum(); y.backward(); y.backward()
    """, error="second-backward")
case("twice through a constant factor", "x * c saves the factor c, so the second backward is refused.", """
    x = leaf([1., 2.]); y = (x * tensor([2., 2.])).sum(); y.backward(); y.backward()
    """, error="second-backward")
case("retain graph", "Retaining keeps saved values.", """
    x = leaf([1., 2.]); y = (x * x).sum(); y.backward(retain_graph=True); y.backward()
    """, "x.grad")
case("shared part freed", "Two outputs over a shared part that saved values: the second backward is refused.", """
    x = leaf(2.); s = x * x; a = s + 1; b = s + 2; a.backward(); b.backward()
    """, error="second-backward")
case("create graph", "Double backward: d2/dx2 of x^3, then the third derivative.", """
    x = leaf(2.); y = x ** 3
    g, = torch.autograd.grad(y, x, create_graph=True)
    h, = torch.autograd.grad(g, x, create_graph=True)
    k, = torch.autograd.grad(h, x)
    """, "g", "h", "k", "g.requires_grad", "k.requires_grad")
case("gradient penalty", "The gradient of a squared gradient norm.", """
    x = leaf([1., 2.]); y = (x ** 3).sum()
    g, = torch.autograd.grad(y, x, create_graph=True)
    (g * g).sum().backward()
    """, "x.grad")
case("backward with create graph accumulates", "Gradients made with createGraph can be differentiated again.", """
    x = leaf(3.); (x ** 2).backward(create_graph=True); first = x.grad.detach().clone(); g = x.grad; x.grad = None; g.backward()
    """, "first", "x.grad")

# ---- Autograd.Grad
case("grad leaves .grad alone", "Grad returns and does not accumulate.", """
    x = leaf(3.); g, = torch.autograd.grad(x * x, x)
    """, "g", "x.grad")
case("grad of an intermediate", "Inputs may be non-leaves.", """
    x = leaf(3.); y = x * 2; z = y * y; g, = torch.autograd.grad(z, y)
    """, "g")
case("grad of the output itself", "The derivative of a value by itself is one.", """
    x = leaf(3.); y = x * 2; g, = torch.autograd.grad(y, y)
    """, "g")
case("unused input", "An input that was not used is an error.", """
    x = leaf(3.); y = leaf(2.); torch.autograd.grad(x * x, [x, y])
    """, error="unused-input")
case("unused input allowed", "An unused input gives none when allowed.", """
    x = leaf(3.); y = leaf(2.); g = torch.autograd.grad(x * x, [x, y], allow_unused=True)
    """, "g[0]", "g[1]")
case("input without grad", "An input that does not require grad is an error.", """
    x = leaf(3.); y = tensor(2.); torch.autograd.grad(x * y, [x, y])
    """, error="does-not-require-grad")
case("several outputs", "Gradients of several outputs add.", """
    x = leaf([1., 2.]); a = x * x; b = x * 3
    g, = torch.autograd.grad([a, b], [x], [tensor([1., 1.]), tensor([1., 10.])])
    """, "g")

# ---- hooks
case("hooks in order", "Hooks run in the order they were registered and may replace the gradient; none keeps it.", """
    log = []
    x = leaf(2.); y = x * 3
    y.register_hook(lambda g: (log.append(float(g)), g * 2)[1])
    y.register_hook(lambda g: log.append(float(g)))
    y.register_hook(lambda g: (log.append(float(g)), g + 1)[1])
    (y * 5).backward()
    """, "log", "x.grad")
case("hook on a leaf", "A leaf's hook sees the new gradient before it is added.", """
    log = []
    x = leaf(2.); x.register_hook(lambda g: (log.append(float(g)), g * 10)[1])
    (x * 3).backward(); (x * 4).backward()
    """, "log", "x.grad")
case("hook removed", "A removed hook is not called.", """
    x = leaf(2.); h = x.register_hook(lambda g: g * 10); h.remove(); (x * 3).backward()
    """, "x.grad")
case("hook sees the total", "A hook runs once, on the sum over all uses.", """
    log = []
    x = leaf(2.); y = x * 1; y.register_hook(lambda g: log.append(float(g))); (y * 3 + y * 4).backward()
    """, "log", "x.grad")
case("latest node first", "The node created last runs first.", """
    log = []
    x = leaf(1.); a = x * 2; b = x * 3; c = x * 4
    for n, t in (("a", a), ("b", b), ("c", c)): t.register_hook(lambda g, n=n: log.append(n))
    (b + (a + c)).backward()
    """, "log")

# ---- modes
case("no grad", "Results in a no-grad scope do not require grad; nesting restores.", """
    x = leaf(2.)
    with torch.no_grad():
        a = x * 2
        with torch.enable_grad():
            b = x * 2
            with torch.no_grad(): c = x * 2
            d = x * 2
        e = x * 2
    f = x * 2
    """, "[t.requires_grad for t in (a, b, c, d, e, f)]")
case("no grad restored after an exception", "Leaving a scope by an exception restores the mode.", """
    x = leaf(2.)
    try:
        with torch.no_grad(): raise ValueError()
    except ValueError: pass
    y = x * 2
    """, "y.requires_grad")
case("inference", "An inference-mode result cannot be saved for backward.", """
    x = leaf(2.)
    with torch.inference_mode(): a = tensor(3.) * 2
    x * a
    """, error="inference")
case("detach", "Detach shares the numbers, not the history.", """
    x = leaf([1., 2.]); y = x * 2; d = y.detach(); same = d.data_ptr() == y.data_ptr()
    z = (y * d).sum(); z.backward()
    """, "same", "d.requires_grad", "x.grad")
case("detach shares the version", "Changing the detached tensor is noticed where its value was saved.", """
    x = leaf([1., 2.]); y = x * 2; z = (y * y).sum(); y.detach().add_(1); z.backward()
    """, error="in-place-on-saved")
case("requires grad on a non-leaf", "RequiresGrad can be cleared only on leaves.", """
    x = leaf(2.); y = x * 2; y.requires_grad = False
    """, error="set-on-non-leaf")
case("integer requires grad", "Integer tensors cannot require grad.", """
    torch.tensor([1, 2]).requires_grad_()
    """, error="integer-grad")
case("comparison", "A comparison does not require grad.", """
    x = leaf([1., 2.]); y = x > 1.5
    """, "y.requires_grad", "y")

# ---- in-place
case("in-place keeps history", "In-place operations are part of the graph.", """
    x = leaf([1., 2.]); y = x * 2; y.mul_(3); y.add_(x); y.sum().backward()
    """, "x.grad", "y")
case("in-place on a saved value", "Changing what backward needs is noticed.", """
    x = leaf([1., 2.]); y = x * 2; z = y * y; y.add_(1); z.sum().backward()
    """, error="in-place-on-saved")
case("in-place on a value nobody saved", "x + 1 saves nothing, so its argument may change.", """
    x = leaf([1., 2.]); y = x * 2; z = y + 1; y.add_(1); z.sum().backward()
    """, "x.grad")
case("in-place on a saved result", "exp saves its result.", """
    x = leaf([1., 2.]); y = x.exp(); y.add_(1); y.sum().backward()
    """, error="in-place-on-saved")
case("in-place through the saved input", "The argument of exp may change: exp saves its result only.", """
    x = leaf([0., 0.]); y = x * 1; z = y.exp(); y.add_(1); z.sum().backward()
    """, "x.grad", "y", "z")
case("versions", "Each in-place operation adds one to the version; views and detached tensors share it.", """
    x = tensor([[1., 2.], [3., 4.]]); v = x[0]; d = x.detach(); before = x._version
    x.add_(1); v.mul_(2); d.sub_(1)
    """, "before", "x._version", "v._version", "d._version", "x")
case("in-place on a leaf", "A leaf that requires grad cannot be changed in place.", """
    x = leaf([1., 2.]); x.add_(1)
    """, error="in-place-on-leaf")
case("in-place on a leaf without grad mode", "Without recording it can.", """
    x = leaf([1., 2.])
    with torch.no_grad(): x.add_(1)
    (x * x).sum().backward()
    """, "x", "x.grad", "x.is_leaf")
case("in-place on a view of a leaf", "Nor can a view of such a leaf.", """
    x = leaf([1., 2.]); x[0:1].add_(1)
    """, error="view-of-leaf")
case("in-place on a plain tensor with a leaf", "A tensor without history takes part once a leaf is added to it.", """
    x = leaf([1., 2.]); y = tensor([10., 20.]); y.mul_(x); y.sum().backward()
    """, "y.requires_grad", "x.grad", "y.grad")
case("in-place on a view rewrites the base", "The base's history passes through the view.", """
    x = leaf([1., 2., 3.]); y = x * 1; v = y[0:2]; v.mul_(10); y.sum().backward()
    """, "x.grad", "y")
case("in-place on the base rewrites the view", "A view made before the change sees it in its history.", """
    x = leaf([1., 2., 3.]); y = x * 1; v = y[0:2]; y.mul_(10); v.sum().backward()
    """, "x.grad", "v")
case("in-place on a view of a view", "Two views deep.", """
    x = leaf([[1., 2.], [3., 4.]]); y = x * 1; v = y.t()[0]; v.mul_(tensor([5., 7.])); (y * y).sum().backward()
    """, "x.grad", "y")
case("assignment by index", "Assigned elements take their gradient from the right-hand side.", """
    x = leaf([1., 2., 3.]); s = leaf(7.); y = x * 2; y[1] = s; (y * y).sum().backward()
    """, "x.grad", "s.grad")
case("copy into a view", "Copying a leaf into a part of a plain tensor.", """
    x = leaf([1., 2.]); y = torch.zeros(4, dtype=torch.float64); y[1:3].copy_(x); (y * y).sum().backward()
    """, "y", "x.grad")
case("in-place on several views", "A view among several outputs cannot be changed.", """
    x = leaf([1., 2., 3., 4.]); y = x * 1; a, b = y.split(2); a.mul_(2)
    """, error="multi-view")
case("view then in-place on a saved base", "A change through a view is noticed where the base was saved.", """
    x = leaf([1., 2., 3.]); y = x * 1; z = (y * y).sum(); y[0:1].mul_(2); z.backward()
    """, error="in-place-on-saved")

# ---- custom functions
case("custom function", "A function with its own backward; its rule is used, even if it is wrong.", """
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x
        @staticmethod
        def backward(ctx, g):
            x, = ctx.saved_tensors
            return g * 100 * x
    x = leaf([1., 2.]); y = Double.apply(x); y.sum().backward()
    """, "y", "x.grad")
case("custom function twice", "Double backward goes through a backward made of differentiable operations.", """
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x ** 3
        @staticmethod
        def backward(ctx, g):
            x, = ctx.saved_tensors
            return g * 3 * x ** 2
    x = leaf(2.); g, = torch.autograd.grad(Cube.apply(x), x, create_graph=True); h, = torch.autograd.grad(g, x)
    """, "g", "h")
case("custom function with an unused output", "A missing output gradient arrives as zeros.", """
    seen = []
    class Two(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3
        @staticmethod
        def backward(ctx, g, h):
            seen.append([g.tolist(), h.tolist()])
            return g * 2 + h * 3
    x = leaf([1., 2.]); a, b = Two.apply(x); a.sum().backward()
    """, "seen", "x.grad")
case("custom function wrong count", "A backward that returns the wrong number of gradients.", """
    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y
        @staticmethod
        def backward(ctx, g):
            return g
    x = leaf(2.); y = leaf(3.); Bad.apply(x, y).backward()
    """, error="wrong-count")

# ---- hooks and in-place operations
case("hook before an in-place operation", "A hook belongs to the value that the tensor had when it was registered.", """
    log = []
    x = leaf(2.); y = x * 3; y.register_hook(lambda g: log.append(float(g))); y.mul_(5); (y * 7).backward()
    """, "log", "x.grad")
case("hook after an in-place operation", "Registered afterwards, it sees the gradient of the new value.", """
    log = []
    x = leaf(2.); y = x * 3; y.mul_(5); y.register_hook(lambda g: log.append(float(g))); (y * 7).backward()
    """, "log", "x.grad")
case("retain grad before an in-place operation", "A retained gradient is that of the last value.", """
    x = leaf(2.); y = x * 3; y.retain_grad(); y.mul_(5); (y * 7).backward()
    """, "y.grad", "x.grad", "y.retains_grad")
case("retain grad of a view of a changed base", "A view follows its base.", """
    x = leaf([1., 2.]); v = x * 1; w = v[0:1]; w.retain_grad(); v.mul_(3); (w * 5).sum().backward()
    """, "w.grad", "x.grad")
case("retain grad twice", "A second pass makes a new sum; the first one stays as it was.", """
    x = leaf(3.); y = x * 2; y.retain_grad(); (y * y).backward(retain_graph=True); first = y.grad; (y * y).backward()
    """, "first", "y.grad")
case("hook removed by a hook", "A hook that removes a later one does not keep it from this pass.", """
    log = []
    x = leaf(2.); y = x * x
    y.register_hook(lambda g: (log.append(1), later.remove())[0])
    later = y.register_hook(lambda g: log.append(2))
    y.backward(retain_graph=True); y.backward()
    """, "log")
case("hook with create graph", "What a hook computes is differentiated, too.", """
    x = leaf(2.); y = x * x; y.register_hook(lambda g: g * x)
    g, = torch.autograd.grad(y, x, create_graph=True); h, = torch.autograd.grad(g, x)
    """, "g", "h")
case("hook that changes the shape", "A hook must return a gradient of the same shape.", """
    x = leaf(2.); y = x * 3; y.register_hook(lambda g: tensor([1., 1.])); y.backward()
    """, error="hook-shape")

# ---- hooks of nodes
case("node hook", "A hook of a node sees the gradients of its inputs and outputs and may replace the former.", """
    log = []
    x = leaf(2.); y = leaf(3.); z = x * y
    z.grad_fn.register_hook(lambda gi, go: log.extend(numbers(gi) + numbers(go)))
    z.grad_fn.register_hook(lambda gi, go: (gi[0] * 10, gi[1]))
    z.backward()
    """, "log", "x.grad", "y.grad")
case("node hook removed", "A removed hook is not called.", """
    x = leaf(2.); z = x * 5; h = z.grad_fn.register_hook(lambda gi, go: (gi[0] * 10, None)); h.remove(); z.backward()
    """, "x.grad")
case("node hook after a broadcast", "The gradients of the inputs have the inputs' shapes.", """
    log = []
    x = leaf([1., 2.]); y = leaf(3.); z = x * y
    z.grad_fn.register_hook(lambda gi, go: log.extend(numbers(gi))); z.sum().backward()
    """, "log")
case("node hook without an input gradient", "Where no gradient is needed there is none.", """
    log = []
    x = leaf([1., 2.]); z = x * 2
    z.grad_fn.register_hook(lambda gi, go: log.append([g is None for g in gi])); z.sum().backward()
    """, "log")
case("node hook that drops a gradient", "None stops the gradient.", """
    x = leaf(2.); y = leaf(3.); z = x * y; z.grad_fn.register_hook(lambda gi, go: (None, gi[1])); z.backward()
    """, "x.grad", "y.grad")
case("node hook of a leaf", "The node of a leaf has no inputs; its hook runs when the gradient has been added.", """
    log = []
    x = leaf(2.); z = x * 1; node = z.grad_fn.next_functions[0][0]
    node.register_hook(lambda gi, go: log.extend([len(gi), float(go[0]), float(x.grad)])); (z * 3).backward()
    """, "log")
case("node hook of a function with an unused output", "A missing output gradient is none to the hook, though the function gets zeros.", """
    log = []
    class Two(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3
        @staticmethod
        def backward(ctx, g, h):
            return g * 2 + h * 3
    x = leaf([1., 2.]); a, b = Two.apply(x)
    a.grad_fn.register_hook(lambda gi, go: log.append([g is None for g in go])); a.sum().backward()
    """, "log", "x.grad")
case("node hook with the wrong count", "A hook returns one gradient for each input.", """
    x = leaf(2.); y = x * x; y.grad_fn.register_hook(lambda gi, go: (gi[0],)); y.backward()
    """, error="hook-count")
case("order of hooks", "Hooks of a tensor run before its node, hooks of the node after it, node by node.", """
    log = []
    x = leaf(2.); y = x * 3; node = y.grad_fn.next_functions[0][0]
    node.register_hook(lambda gi, go: log.append("after the leaf's node"))
    x.register_hook(lambda g: log.append("leaf"))
    y.grad_fn.register_hook(lambda gi, go: log.append("after the node"))
    y.register_hook(lambda g: log.append("result"))
    y.backward()
    """, "log")

# ---- backward to given inputs
case("backward to an input given twice", "It accumulates once.", """
    x = leaf(3.); (x * x).backward(inputs=[x, x])
    """, "x.grad")
case("backward to a retained input", "Its gradient arrives once.", """
    x = leaf(3.); y = x * 2; y.retain_grad(); (y * y).backward(inputs=[y])
    """, "y.grad", "x.grad")
case("backward to an input with a hook", "The hook sees, and may replace, what is accumulated.", """
    log = []
    x = leaf(2.); y = x * 3; z = y * y; y.register_hook(lambda g: (log.append(float(g)), g * 2)[1]); z.backward(inputs=[y])
    """, "log", "y.grad")

# ---- saved tensors
case("saved tensor hooks", "Each saved tensor is packed when it is saved and unpacked when it is needed, after the scope, too.", """
    log = []
    x = leaf(2.); y = leaf(3.)
    with saved_hooks(lambda t: (log.append("pack " + str(int(t))), t)[1], lambda t: (log.append("unpack " + str(int(t))), t)[1]):
        z = x * y
    log.append("closed"); z.backward()
    """, "log", "x.grad", "y.grad")
case("saved tensor hooks see what is saved", "exp saves its result, x * x both factors, a sum nothing.", """
    log = []
    x = leaf(0.)
    with saved_hooks(lambda t: (log.append(float(t)), t)[1], lambda t: t): a = x.exp(); b = x * x; c = x.sum() + 1
    """, "log")
case("saved tensor hooks that change a value", "Backward uses what was unpacked.", """
    x = leaf(2.)
    with saved_hooks(lambda t: t * 10, lambda t: t): z = x * x
    z.backward()
    """, "x.grad")
case("saved tensor hooks nested", "The innermost pair counts.", """
    log = []
    x = leaf(2.)
    with saved_hooks(lambda t: (log.append("outer"), t)[1], lambda t: t):
        with saved_hooks(lambda t: (log.append("inner"), t)[1], lambda t: t): a = x * x
        b = x * x
    """, "log")
case("saved tensor hooks and double backward", "Unpacked tensors know their history.", """
    x = leaf(2.)
    with saved_hooks(lambda t: t.clone(), lambda t: t): z = x * x * x
    g, = torch.autograd.grad(z, x, create_graph=True); h, = torch.autograd.grad(g, x)
    """, "g", "h")
case("pack that changes its argument", "What pack receives is the tensor itself and must stay as it is.", """
    x = leaf(2.)
    with saved_hooks(lambda t: t.add_(1), lambda t: t): z = (x * 1) * (x * 1)
    """, error="pack-in-place")
case("saved values of a node", "A node shows what it saved.", """
    x = leaf(2.); y = leaf(3.); z = x * y; e = tensor(0.).requires_grad_().exp()
    """, "z.grad_fn._saved_self", "z.grad_fn._saved_other", "e.grad_fn._saved_result")
case("saved values after backward", "Freed values cannot be looked at.", """
    x = leaf(2.); z = x * x; z.backward(); z.grad_fn._saved_self
    """, error="saved-freed")
case("next functions", "Each names the node and which of its outputs is meant.", """
    class Two(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3
        @staticmethod
        def backward(ctx, g, h):
            return g * 2 + h * 3
    x = leaf(2.); a, b = Two.apply(x); c = b * a; d = a * 2
    """, "[n[1] for n in c.grad_fn.next_functions]", "c.grad_fn.next_functions[0][0] is a.grad_fn", "d.grad_fn.next_functions[1][0] is None")

# ---- inference mode
case("inference tensors", "What is made in inference mode is marked; views of other tensors are not.", """
    b = tensor([1., 2.]); x = leaf([1., 2.]); y = x * 1
    with torch.inference_mode():
        a = tensor([1., 2.]); v = a[0:1]; c = x * 2; w = b[0:1]; b.add_(1); a.add_(1); y.mul_(2)
        with torch.enable_grad(): d = x * 2
    e = a * 2; u = a[0:1]
    """, "[t.is_inference() for t in (a, v, c, w, b, y, e, u)]", "[t.requires_grad for t in (c, y, d)]", "y._version")
case("inference tensors that are not saved", "An inference tensor may be added, and cloned.", """
    x = leaf([1., 2.])
    with torch.inference_mode(): a = tensor([3., 4.])
    (x + a).sum().backward(); (x * a.clone()).sum().backward()
    """, "x.grad")
case("inference tensor changed outside", "In-place operations on it are refused outside the mode.", """
    with torch.inference_mode(): a = tensor([3., 4.])
    a.add_(1)
    """, error="inference-in-place")
case("inference tensor that is to require grad", "It cannot become a leaf outside the mode.", """
    with torch.inference_mode(): a = tensor([3., 4.])
    a.requires_grad_()
    """, error="inference-grad")

# ---- Jacobians
case("jacobian shape", "The Jacobian's shape is the output's followed by the input's.", """
    j = torch.autograd.functional.jacobian(lambda x: x.sum(1) * 2, tensor([[1., 2., 3.], [4., 5., 6.]]))
    shape = list(j.shape)
    """, "shape", "j")
case("hessian", "The Hessian of x0^2 x1.", """
    h = torch.autograd.functional.hessian(lambda x: x[0] ** 2 * x[1], tensor([2., 3.]))
    """, "h")

write(cases, note="An outcome holds the value of each expression after the program ran, or the kind of error.")
