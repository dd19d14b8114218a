"""The problems of ADBench. A case is "adbench KIND PART WAY PATH": PART is objective or derivative, and WAY is

    rows    as ADBench's own module for PyTorch goes about it: item by item where that does, and a backward pass for each row of a
            Jacobian. What it does clumsily (sums by Python's sum, which adds element after element) is done properly here.
    vector  the same formulas that our side has, without a loop that can be avoided; Jacobians by what was fastest: one backward pass
            for each of the rows that all items share, or torch.autograd.functional.jacobian with vectorize=True.
"""
import math

import torch
from torch.autograd.functional import jacobian

from .adbench_files import read_ba, read_gmm, read_hand, read_lstm
from .registry import family

F64 = torch.float64


@family("adbench")
def problem(words):
    kind, part, way, path = words.split(" ", 3)
    make = {"gmm": gmm, "ba": ba, "hand": hand, "lstm": lstm}[kind]
    objective, derivative = make(path, way)

    def value():
        with torch.no_grad():
            return objective()

    return value if part == "objective" else derivative


def flat(*tensors):
    return torch.cat([t.reshape(-1) for t in tensors])


def gradient_of(function, *parameters):
    """A scalar function's gradient by all its parameters."""
    leaves = [p.clone().requires_grad_() for p in parameters]

    def run():
        for leaf in leaves:
            leaf.grad = None
        function(*leaves).backward()
        return flat(*(leaf.grad for leaf in leaves))

    return run


# ---- Gaussian mixture ------------------------------------------------------------------------------------------------


def gmm(path, way):
    alphas, means, factors, points, gamma, degrees = read_gmm(path)
    (n, d), k = points.shape, len(alphas)
    order = d + degrees + 1
    constant = -n * d * 0.5 * math.log(2 * math.pi)
    constant -= k * (order * d * math.log(gamma / math.sqrt(2)) - torch.special.multigammaln(torch.tensor(0.5 * order, dtype=F64), d).item())
    rows, columns = torch.tril_indices(d, d, -1)
    by_column = torch.argsort(columns * d + rows)
    rows, columns = rows[by_column], columns[by_column]

    def lower_by_columns(row):
        """One matrix, column after column."""
        start, all_columns = d, []
        for i in range(d):
            length = d - i - 1
            all_columns.append(torch.cat([torch.zeros(i + 1, dtype=F64), row[start : start + length]]))
            start += length
        return torch.stack(all_columns, -1)

    def whitened_rows(means, factors, diagonal):
        lower = torch.stack([lower_by_columns(row) for row in factors])
        centred = torch.stack([points[i] - means for i in range(n)])
        return diagonal * centred + torch.einsum("ijk,mik->mij", lower, centred)

    def whitened_vector(means, factors, diagonal):
        q = torch.diag_embed(diagonal)
        q = q.index_put((slice_all(k)[:, None], rows[None], columns[None]), factors[:, d:])
        shift = (q @ means[:, :, None]).reshape(k * d)
        return torch.nn.functional.linear(points, q.reshape(k * d, d), -shift).reshape(n, k, d)

    whitened = whitened_rows if way == "rows" else whitened_vector

    def objective(alphas, means, factors):
        logs, lower = factors[:, :d], factors[:, d:]
        diagonal, sums = torch.exp(logs), logs.sum(1)
        inner = alphas + sums - 0.5 * (whitened(means, factors, diagonal) ** 2).sum(2)
        likelihood = torch.logsumexp(inner, 1).sum() - n * torch.logsumexp(alphas, 0)
        prior = 0.5 * gamma * gamma * ((diagonal**2).sum() + (lower**2).sum()) - degrees * sums.sum()
        return likelihood + prior + constant

    return lambda: objective(alphas, means, factors), gradient_of(objective, alphas, means, factors)


def slice_all(count):
    return torch.arange(count)


# ---- bundle adjustment -----------------------------------------------------------------------------------------------


def ba(path, way):
    cameras, points, weights, features, camera_of, point_of = read_ba(path)
    return (ba_rows if way == "rows" else ba_vector)(cameras, points, weights, features, camera_of, point_of)


def ba_rows(cameras, points, weights, features, camera_of, point_of):
    p = len(weights)
    leaf = lambda tensor: [row.clone().requires_grad_() for row in tensor]
    cameras, points, weights = leaf(cameras), leaf(points), leaf(weights)
    camera_of, point_of = camera_of.tolist(), point_of.tolist()

    def rotate(rotation, point):
        squared = torch.sum(rotation**2)
        if squared == 0:
            return point + torch.cross(rotation, point, dim=0)
        angle = torch.sqrt(squared)
        cos, axis = torch.cos(angle), rotation / angle
        return point * cos + torch.cross(axis, point, dim=0) * torch.sin(angle) + axis * (torch.dot(axis, point) * (1 - cos))

    def error(camera, point, weight, feature):
        seen = rotate(camera[:3], point - camera[3:6])
        projected = seen[:2] / seen[2]
        squared = torch.sum(projected**2)
        distortion = 1 + camera[9] * squared + camera[10] * squared * squared
        return weight * (projected * distortion * camera[6] + camera[7:9] - feature)

    def objective():
        errors = [error(cameras[camera_of[i]], points[point_of[i]], weights[i], features[i]) for i in range(p)]
        return flat(*errors, *(1 - w**2 for w in weights))

    def derivative():
        blocks, last = [], []
        for i in range(p):
            leaves = cameras[camera_of[i]], points[point_of[i]], weights[i]
            for row in error(*leaves, features[i]):
                for x in leaves:
                    x.grad = None
                row.backward(retain_graph=True)
                blocks.append(torch.cat([leaves[0].grad, leaves[1].grad, leaves[2].grad.reshape(1)]))
        for w in weights:
            w.grad = None
            (1 - w**2).backward()
            last.append(w.grad)
        return flat(torch.stack(blocks), torch.stack(last))

    return objective, derivative


def ba_vector(cameras, points, weights, features, camera_of, point_of):
    def errors(camera, point, weight):
        rotation, moved = camera[:, :3], point - camera[:, 3:6]
        squared = (rotation**2).sum(1, keepdim=True)
        zero = squared == 0
        angle = torch.sqrt(torch.where(zero, torch.ones_like(squared), squared))
        cos, axis = torch.cos(angle), rotation / angle
        turned = moved * cos + torch.cross(axis, moved, dim=1) * torch.sin(angle) + axis * ((axis * moved).sum(1, keepdim=True) * (1 - cos))
        seen = torch.where(zero, moved + torch.cross(rotation, moved, dim=1), turned)
        projected = seen[:, :2] / seen[:, 2:]
        squared = (projected**2).sum(1, keepdim=True)
        distortion = 1 + camera[:, 9:10] * squared + camera[:, 10:] * squared**2
        return weight[:, None] * (projected * distortion * camera[:, 6:7] + camera[:, 7:9] - features)

    def objective():
        return flat(errors(cameras[camera_of], points[point_of], weights), 1 - weights**2)

    def derivative():
        # Every error has leaves of its own, so one backward pass gives the first rows of all blocks, and one the second.
        leaves = [t.detach().requires_grad_() for t in (cameras[camera_of], points[point_of], weights)]
        result = errors(*leaves)
        rows = []
        for i in (0, 1):
            c, x, w = torch.autograd.grad(result[:, i].sum(), leaves, retain_graph=i == 0)
            rows.append(torch.cat([c, x, w[:, None]], 1))
        return flat(torch.stack(rows, 1), -2 * weights)

    return objective, derivative


# ---- hand tracking ---------------------------------------------------------------------------------------------------


def hand(path, way):
    model, places, targets, theta, coordinates = read_hand(path)
    return (hand_rows if way == "rows" else hand_vector)(model, places, targets, theta, coordinates)


def angles_of(theta, bones):
    """Three angles for each bone in the order x, z, y."""
    angles = torch.zeros((bones, 3), dtype=F64)
    parameter, bone = 6, 2
    for _ in range(5):
        for joint in range(3):
            angles[bone, 0] = theta[parameter]
            parameter += 1
            if joint == 0:
                angles[bone, 1] = theta[parameter]
                parameter += 1
            bone += 1
        bone += 1
    return angles


def hand_rows(model, places, targets, theta, coordinates):
    parents, relative, inverse, positions, weights, corners = model

    def rotation_of(angles):
        x, z, y = angles
        rx, ry, rz = torch.eye(3, dtype=F64), torch.eye(3, dtype=F64), torch.eye(3, dtype=F64)
        rx[1, 1] = rx[2, 2] = torch.cos(x)
        rx[2, 1] = torch.sin(x)
        rx[1, 2] = -rx[2, 1]
        ry[0, 0] = ry[2, 2] = torch.cos(y)
        ry[0, 2] = torch.sin(y)
        ry[2, 0] = -ry[0, 2]
        rz[0, 0] = rz[1, 1] = torch.cos(z)
        rz[1, 0] = torch.sin(z)
        rz[0, 1] = -rz[1, 0]
        return rz @ ry @ rx

    def global_rotation(rotation):
        angle = torch.sqrt(torch.sum(rotation**2))
        if angle < 0.0001:
            return torch.eye(3, dtype=F64)
        (x, y, z), s, c = rotation / angle, torch.sin(angle), torch.cos(angle)
        r = torch.zeros((3, 3), dtype=F64)
        r[0, 0], r[0, 1], r[0, 2] = x * x + (1 - x * x) * c, x * y * (1 - c) - z * s, x * z * (1 - c) + y * s
        r[1, 0], r[1, 1], r[1, 2] = x * y * (1 - c) + z * s, y * y + (1 - y * y) * c, y * z * (1 - c) - x * s
        r[2, 0], r[2, 1], r[2, 2] = x * z * (1 - c) - y * s, z * y * (1 - c) + x * s, z * z + (1 - z * z) * c
        return r

    def vertices(theta):
        angles, absolute, posed = angles_of(theta, len(parents)), [], []
        for bone, parent in enumerate(parents):
            turn = torch.eye(4, dtype=F64)
            turn[:3, :3] = rotation_of(angles[bone])
            own = relative[bone] @ turn
            absolute.append(own if parent < 0 else absolute[parent] @ own)
            posed.append(absolute[bone] @ inverse[bone] @ positions.T)
        mesh = (torch.stack(posed) * weights.T[:, None]).sum(0)[:3]
        return (global_rotation(theta[:3]) @ mesh).T + theta[3:6]

    def objective(theta, coordinates):
        mesh = vertices(theta)
        if coordinates is None:
            return torch.stack([targets[i] - mesh[place] for i, place in enumerate(places)])
        found = []
        for i, place in enumerate(places):
            (u, v), (a, b, c) = coordinates[i], corners[place]
            found.append(targets[i] - (u * mesh[a] + v * mesh[b] + (1 - u - v) * mesh[c]))
        return torch.stack(found)

    pose = theta.clone().requires_grad_()
    uv = None if coordinates is None else coordinates.clone().requires_grad_()

    def derivative():
        rows = []
        for i, point in enumerate(objective(pose, uv)):
            for row in point:
                pose.grad = None
                if uv is not None:
                    uv.grad = None
                row.backward(retain_graph=True)
                rows.append(pose.grad if uv is None else torch.cat([uv.grad[i], pose.grad]))
        return torch.stack(rows)

    return lambda: objective(theta, coordinates), derivative


def hand_vector(model, places, targets, theta, coordinates):
    parents, relative, inverse, positions, weights, corners = model
    n, bones = len(places), len(parents)
    places = torch.tensor(places)
    used = places if coordinates is None else corners[places].T.reshape(-1)
    skin = (weights[:, :, None] * positions[:, None]).reshape(-1, bones * 4)[used]
    number = angles_of(torch.arange(1, 27, dtype=F64), bones).long() - 1
    layout = torch.where(number < 0, 26, number).reshape(-1)
    depth = []
    for parent in parents:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    levels = [[b for b in range(bones) if depth[b] == level] for level in range(max(depth) + 1)]
    order = torch.argsort(torch.tensor(sum(levels, [])))
    above = [None] + [torch.tensor([levels[i].index(parents[b]) for b in levels[i + 1]]) for i in range(len(levels) - 1)]
    levels = [torch.tensor(level) for level in levels]
    identity = torch.eye(3, dtype=F64)
    cross_layout = torch.tensor([6, 5, 1, 2, 6, 3, 4, 0, 6])
    zero = torch.zeros(1, dtype=F64)

    def rotations(angles):
        (sx, sz, sy), (cx, cz, cy) = torch.sin(angles).unbind(1), torch.cos(angles).unbind(1)
        sysx, sycx = sy * sx, sy * cx
        elements = [cz * cy, cz * sysx - sz * cx, cz * sycx + sz * sx, sz * cy, sz * sysx + cz * cx, sz * sycx - cz * sx, -sy, cy * sx, cy * cx]
        return torch.stack(elements, 1).reshape(-1, 3, 3)

    def global_rotation(rotation):
        squared = (rotation**2).sum(0, keepdim=True)
        small = squared < 0.0001 * 0.0001
        angle = torch.sqrt(torch.where(small, torch.ones_like(squared), squared))
        axis, cos, sin = rotation / angle, torch.cos(angle), torch.sin(angle)
        outer = axis[:, None] * axis[None]
        cross = torch.cat([axis, -axis, zero])[cross_layout].reshape(3, 3)
        return torch.where(small, identity, outer + (identity - outer) * cos + cross * sin)

    def objective(theta, coordinates):
        angles = torch.cat([theta, zero])[layout].reshape(bones, 3)
        posed = torch.cat([relative[:, :, :3] @ rotations(angles), relative[:, :, 3:]], 2)
        by_level = []
        for level, parent in zip(levels, above):
            own = posed[level]
            by_level.append(own if parent is None else by_level[-1][parent] @ own)
        matrices = torch.cat(by_level)[order] @ inverse
        placed = skin @ matrices[:, :3].transpose(1, 2).reshape(bones * 4, 3)
        placed = placed @ global_rotation(theta[:3]).T + theta[3:6]
        if coordinates is None:
            return targets - placed
        a, b, c = placed.reshape(3, n, 3)
        u, v = coordinates[:, :1], coordinates[:, 1:]
        return targets - (u * a + v * b + (1 - u - v) * c)

    def derivative():
        if coordinates is None:
            return jacobian(lambda pose: objective(pose, None), theta, vectorize=True, strategy="forward-mode")
        moved = torch.cat([torch.zeros(2, dtype=F64), theta])
        return jacobian(lambda x: objective(x[2:], coordinates + x[:2]), moved, vectorize=True, strategy="forward-mode")

    return lambda: objective(theta, coordinates), derivative


# ---- LSTM ------------------------------------------------------------------------------------------------------------


def lstm(path, way):
    main, extra, state, sequence = read_lstm(path)
    bits, steps = sequence.shape[1], len(sequence) - 1

    def loss(predicted):
        normalised = predicted - torch.log(torch.exp(predicted).sum(1, keepdim=True) + 2)
        return -(sequence[1:] * normalised).sum() / (steps * bits)

    def by_steps(main, extra):
        """Character by character through all layers."""
        states = [(layer[0], layer[1]) for layer in state]
        total = 0
        for t in range(steps):
            x = sequence[t] * extra[0]
            for i, (hidden, cell) in enumerate(states):
                gates = torch.cat((x, hidden, x, hidden)) * main[i, 0].reshape(-1) + main[i, 1].reshape(-1)
                forget, ingate, outgate = torch.sigmoid(gates[: 3 * bits]).reshape(3, bits)
                cell = cell * forget + ingate * torch.tanh(gates[3 * bits :])
                x = outgate * torch.tanh(cell)
                states[i] = x, cell
            predicted = x * extra[1] + extra[2]
            normalised = predicted - torch.log(torch.exp(predicted).sum() + 2)
            total = total + (sequence[t + 1] * normalised).sum()
        return -total / (steps * bits)

    def by_layers(main, extra):
        """Layer by layer through all characters: what reads a layer's input is computed for all of them at once."""
        x = sequence[:steps] * extra[0]
        for i in range(len(main)):
            (wf, wi, wo, wc), (bf, bi, bo, bc) = main[i, 0].unbind(), main[i, 1].unbind()
            forget = torch.sigmoid(x * wf + bf).unbind()
            outgate = torch.sigmoid(x * wo + bo).unbind()
            hidden, cell = state[i, 0], state[i, 1]
            outputs = []
            for t in range(steps):
                ingate, change = torch.sigmoid(torch.addcmul(bi, hidden, wi)), torch.tanh(torch.addcmul(bc, hidden, wc))
                cell = torch.addcmul(cell * forget[t], ingate, change)
                hidden = outgate[t] * torch.tanh(cell)
                outputs.append(hidden)
            x = torch.stack(outputs)
        return loss(x * extra[1] + extra[2])

    objective = by_steps if way == "rows" else by_layers
    return lambda: objective(main, extra), gradient_of(objective, main, extra)
