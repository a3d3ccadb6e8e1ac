"""Logistic regression: small, and the same bits everywhere.

What is added up is added in order (`bincount`, `fsum`) and exponentials are those of Python: no vector unit has a say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

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
    times = counts or [1.0] * len(documents)
    used = [(d, t, c) for d, t, c in zip(documents, truths, times, strict=True) if d]
    sizes = np.array([len(d) for d, *_ in used])
    buckets = np.concatenate([np.asarray(d, np.intp) for d, *_ in used])
    owners = np.repeat(np.arange(len(used)), sizes)
    scales = 1 / np.sqrt(sizes)
    wanted = np.array([t for _, t, _ in used])
    shares = np.array([c for *_, c in used]) / math.fsum(c for *_, c in used)
    ridge = TABLE_RIDGE / math.fsum(c for *_, c in used)
    weights, squares = np.zeros(size), np.full(size, 1e-6)
    bias, bias_square = 0.0, 1e-6
    for _ in range(EPOCHS):
        heights = np.bincount(owners, weights[buckets], len(used)) * scales + bias
        errors = shares * (np.array([sigmoid(z) for z in heights.tolist()]) - wanted)
        gradient = ridge * weights + np.bincount(buckets, (errors * scales)[owners], size)
        squares += gradient * gradient
        weights -= RATE * gradient / np.sqrt(squares)
        slope = math.fsum(errors.tolist())
        bias_square += slope * slope
        bias -= RATE * slope / math.sqrt(bias_square)
    return weights.tolist(), bias


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
