"""Logistic regression in plain Python: small, deterministic, with nothing to install."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

EPOCHS = 80
RATE = 0.5
TABLE_RIDGE = 0.03
JUDGE_RIDGE = 4.0


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def fit_table(
    documents: Sequence[Sequence[int]], truths: Sequence[float], size: int, counts: Sequence[float] = ()
) -> tuple[list[float], float]:
    """Weights of hashed n-grams and a bias, by full-batch Adagrad; a document counts the same however long it is.

    A truth is 1.0, 0.0, or 0.5 for a document that should tell neither way. A document counts `counts` times, or once.
    """
    weights, squares = [0.0] * size, [1e-6] * size
    bias, bias_square = 0.0, 1e-6
    times = counts or [1.0] * len(documents)
    used = [(d, t, 1 / math.sqrt(len(d)), c) for d, t, c in zip(documents, truths, times, strict=True) if d]
    total = sum(count for *_, count in used)
    for _ in range(EPOCHS):
        gradient = [TABLE_RIDGE * w / total for w in weights]
        slope = 0.0
        for document, truth, scale, count in used:
            error = count * (sigmoid(sum(weights[i] for i in document) * scale + bias) - truth) / total
            slope += error
            for i in document:
                gradient[i] += error * scale
        for i, g in enumerate(gradient):
            if g:
                squares[i] += g * g
                weights[i] -= RATE * g / math.sqrt(squares[i])
        bias_square += slope * slope
        bias -= RATE * slope / math.sqrt(bias_square)
    return weights, bias


def fit_judge(
    rows: Sequence[Mapping[str, float]], truths: Sequence[bool], counts: Sequence[float], prior: Mapping[str, float]
) -> dict[str, float]:
    """Weights of named features and "bias", by Newton's method, drawn towards `prior`; a row counts `counts` times."""
    names = [*(name for name in prior if name != "bias"), "bias"]
    table = [[1.0 if name == "bias" else row[name] for name in names] for row in rows]
    start = [prior[name] for name in names]
    weights = list(start)
    ridge = [JUDGE_RIDGE] * len(names)
    for _ in range(30):
        gradient = [r * (w - s) for r, w, s in zip(ridge, weights, start, strict=True)]
        curve = [[ridge[i] if i == j else 0.0 for j in range(len(names))] for i in range(len(names))]
        for row, truth, count in zip(table, truths, counts, strict=True):
            p = sigmoid(sum(w * x for w, x in zip(weights, row, strict=True)))
            for i, x in enumerate(row):
                gradient[i] += count * (p - truth) * x
                for j, y in enumerate(row):
                    curve[i][j] += count * p * (1 - p) * x * y
        weights = [w - step for w, step in zip(weights, _solve(curve, gradient), strict=True)]
    return {name: round(weight, 3) for name, weight in zip(names, weights, strict=True)}


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss elimination with row pivots."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(size):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [rows[i][size] / rows[i][i] for i in range(size)]
