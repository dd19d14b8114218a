"""Reads the problem files of ADBench (GMM, BA, HAND, LSTM) into float64 tensors."""
from pathlib import Path

import torch


class Words:
    def __init__(self, path, separator=" "):
        self.words = Path(path).read_text().replace(separator, " ").split()
        self.next = 0

    @property
    def left(self):
        return len(self.words) - self.next

    def integers(self, count):
        self.next += count
        return [int(word) for word in self.words[self.next - count : self.next]]

    def numbers(self, *shape):
        count = 1
        for length in shape:
            count *= length
        self.next += count
        values = [float(word) for word in self.words[self.next - count : self.next]]
        return torch.tensor(values, dtype=torch.float64).reshape(shape)


def read_gmm(path):
    words = Words(path)
    d, k, n = words.integers(3)
    alphas, means, factors = words.numbers(k), words.numbers(k, d), words.numbers(k, d * (d + 1) // 2)
    points = words.numbers(1, d).repeat(n, 1) if n > 1 and words.left == d + 2 else words.numbers(n, d)
    gamma, degrees = words.numbers(2).tolist()
    return alphas, means, factors, points, gamma, int(degrees)


def read_ba(path):
    words = Words(path)
    n, m, p = words.integers(3)
    camera, point, weight, feature = words.numbers(1, 11), words.numbers(1, 3), words.numbers(1), words.numbers(1, 2)
    observation = torch.arange(p)
    return camera.repeat(n, 1), point.repeat(m, 1), weight.repeat(p), feature.repeat(p, 1), observation % n, observation % m


def read_lstm(path):
    words = Words(path)
    layers, characters, bits = words.integers(3)
    return words.numbers(layers, 2, 4, bits), words.numbers(3, bits), words.numbers(layers, 2, bits), words.numbers(characters, bits)


def read_hand(path):
    words = Words(path)
    n, count = words.integers(2)
    complicated = words.left >= 6 * n + count
    places, targets = [], []
    for _ in range(n):
        places += words.integers(1)
        targets.append(words.numbers(3))
    coordinates = words.numbers(n, 2) if complicated else None
    theta = words.numbers(count)
    folder = next(f / "model" for f in Path(path).resolve().parents if (f / "model" / "bones.txt").exists())

    parents, relative, inverse = [], [], []
    bones = Words(folder / "bones.txt", ":")
    while bones.left:
        bones.next += 1
        parents += bones.integers(1)
        relative.append(bones.numbers(4, 4))
        inverse.append(bones.numbers(4, 4))
    positions, weights = [], []
    vertices = Words(folder / "vertices.txt", ":")
    while vertices.left:
        positions.append(torch.cat([vertices.numbers(3), torch.ones(1, dtype=torch.float64)]))
        vertices.numbers(5)
        row = torch.zeros(len(parents), dtype=torch.float64)
        for _ in range(vertices.integers(1)[0]):
            bone = vertices.integers(1)[0]
            row[bone] = vertices.numbers(1)[0]
        weights.append(row)
    triangles = Words(folder / "triangles.txt", ":")
    corners = torch.tensor(triangles.integers(triangles.left)).reshape(-1, 3)
    model = parents, torch.stack(relative), torch.stack(inverse), torch.stack(positions), torch.stack(weights), corners
    return model, places, torch.stack(targets), theta, coordinates
