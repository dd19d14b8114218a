"""Jacobians of a function of small operations, and batches of small items."""
import torch

from .registry import case, tensor

try:
    import functorch
except ImportError:
    functorch = None


class Hand:
    """Poses 20 joints in chains of 4 x 4 transforms, blends 100 points between them and subtracts targets."""

    def __init__(self):
        self.bones = tensor((20, 4, 4), -0.5, 0.5, 1)
        self.rest = tensor((4, 100), -1, 1, 2)
        self.weights = tensor((20, 1, 100), 0, 0.1, 3)
        self.targets = tensor((3, 100), -1, 1, 4)
        self.zero, self.one = torch.zeros(()), torch.ones(())
        self.pose = tensor((26,), -1, 1)

    def about_x(self, s, c):
        zero, one = self.zero, self.one
        return torch.stack([one, zero, zero, zero, zero, c, -s, zero, zero, s, c, zero, zero, zero, zero, one]).reshape(4, 4)

    def about_z(self, s, c):
        zero, one = self.zero, self.one
        return torch.stack([c, -s, zero, zero, s, c, zero, zero, zero, zero, one, zero, zero, zero, zero, one]).reshape(4, 4)

    def shift(self, by):
        return torch.cat([torch.eye(4, 3), torch.cat([by, self.one.reshape(1)]).unsqueeze(1)], 1)

    def residuals(self, pose):
        sin, cos = pose.sin(), pose.cos()
        wrist = self.about_z(sin[0], cos[0]) @ self.about_x(sin[1], cos[1]) @ self.about_z(sin[2], cos[2]) @ self.shift(pose[3:6])
        transforms = []
        for finger in range(5):
            at = wrist
            for joint in range(4):
                angle = 6 + finger * 4 + joint
                turn = self.about_z(sin[angle], cos[angle]) if joint == 1 else self.about_x(sin[angle], cos[angle])
                at = at @ self.bones[len(transforms)] @ turn
                transforms.append(at)
        posed = torch.stack(transforms) @ self.rest
        return ((posed * self.weights).sum(0)[:3] - self.targets).reshape(-1)


@case("Jacobian of a hand R²⁶ → R³⁰⁰")
def jacobian_by_rows():
    hand = Hand()
    hand.pose.requires_grad_(True)
    rows = torch.eye(300).unbind(0)

    # What torch.autograd.functional.jacobian does, without what it adds.
    def run():
        y = hand.residuals(hand.pose)
        return torch.stack([torch.autograd.grad(y, hand.pose, row, retain_graph=True)[0] for row in rows])

    return run


@case("a hand, value only")
def hand_value():
    hand = Hand()
    return lambda: hand.residuals(hand.pose)


if functorch is not None:

    @case("Jacobian of a hand R²⁶ → R³⁰⁰, by functorch.jacfwd")
    def jacobian_by_columns():
        hand = Hand()
        jacobian = functorch.jacfwd(hand.residuals)
        return lambda: jacobian(hand.pose)

    @case("Vmap of a gradient over 10⁴ items")
    def gradients():
        items = tensor((10_000, 3), 0.1, 1)
        each = functorch.vmap(functorch.grad(lambda x: torch.tanh((x.sin() * x).sum() + (x * x).sum().sqrt())))
        return lambda: each(items)
