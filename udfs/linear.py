"""Small linear algebra: symmetric systems, the least eigenvalue, least squares under a limit of sizes."""

import math
from collections.abc import Sequence
from typing import Final

Vector = list[float]
Matrix = list[list[float]]

TINY: Final = 1e-15
SWEEPS: Final = 60  # Jacobi's method needs fewer than ten
MOST_STEPS: Final = 10_000  # of a path that has at most a few steps per variable


def solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> Vector:
    """The solution of a regular system, by elimination with pivots."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place in range(size):
        pivot = max(range(place, size), key=lambda at: abs(rows[at][place]))
        rows[place], rows[pivot] = rows[pivot], rows[place]
        for below in range(place + 1, size):
            factor = rows[below][place] / rows[place][place]
            for at in range(place, size + 1):
                rows[below][at] -= factor * rows[place][at]
    solution = [0.0] * size
    for place in reversed(range(size)):
        known = math.fsum(rows[place][at] * solution[at] for at in range(place + 1, size))
        solution[place] = (rows[place][size] - known) / rows[place][place]
    return solution


def least_eigenvalue(matrix: Sequence[Sequence[float]]) -> float:
    """The least eigenvalue of a symmetric matrix, by Jacobi's rotations."""
    a = [list(row) for row in matrix]
    size = len(a)
    for _ in range(SWEEPS):
        if sum(abs(a[i][j]) for i in range(size) for j in range(i)) <= TINY * size:
            break
        for i in range(size):
            for j in range(i):
                _rotate(a, i, j)
    return min(a[i][i] for i in range(size))


def _rotate(a: Matrix, i: int, j: int) -> None:
    """Make one element off the diagonal 0."""
    if abs(a[i][j]) <= TINY * TINY:
        return
    angle = 0.5 * math.atan2(2.0 * a[i][j], a[j][j] - a[i][i])
    c, s = math.cos(angle), math.sin(angle)
    for k in range(len(a)):
        a[k][i], a[k][j] = c * a[k][i] - s * a[k][j], s * a[k][i] + c * a[k][j]
    for k in range(len(a)):
        a[i][k], a[j][k] = c * a[i][k] - s * a[j][k], s * a[i][k] + c * a[j][k]


def within_limit(matrix: Sequence[Sequence[float]], right: Sequence[float], limit: float) -> Vector:
    """The w that minimises w'Mw/2 - r'w while the sum of |w| is at most a limit.

    Exact: the path of solutions from 0 is straight between the points at which a variable joins or
    leaves, and is followed until the limit is used up (Osborne, Presnell, Turlach 2000).
    """
    free = solved(matrix, right)
    if sum(map(abs, free)) <= limit:
        return free
    size = len(right)
    w = [0.0] * size
    active: list[int] = []
    left_out: int | None = None
    for _ in range(MOST_STEPS):
        slack = [right[i] - math.fsum(matrix[i][k] * w[k] for k in range(size)) for i in range(size)]
        level = max(map(abs, slack))
        joining = [i for i in range(size) if i not in active and abs(slack[i]) >= level * (1.0 - 1e-12)]
        active += [i for i in joining if i != left_out]
        step, way, left_out = _step(matrix, slack, w, active, level, limit)
        for place, i in enumerate(active):
            w[i] += step * way[place]
        if left_out is not None:
            w[left_out] = 0.0
            active.remove(left_out)
        if sum(map(abs, w)) >= limit * (1.0 - 1e-14):
            break
    return w


def _step(
    matrix: Sequence[Sequence[float]],
    slack: Sequence[float],
    w: Sequence[float],
    active: Sequence[int],
    level: float,
    limit: float,
) -> tuple[float, Vector, int | None]:
    """How far the path is straight, which way, and the variable that leaves at its end."""
    signs = [math.copysign(1.0, slack[i]) for i in active]
    way = solved([[matrix[i][k] for k in active] for i in active], signs)
    growth = math.fsum(sign * step for sign, step in zip(signs, way, strict=True))
    ends: list[tuple[float, int | None]] = [((limit - sum(map(abs, w))) / growth, None), (level, None)]
    for place, i in enumerate(active):
        if w[i] and way[place] and (end := -w[i] / way[place]) > 0:
            ends.append((end, i))
    for i in range(len(w)):
        if i in active:
            continue
        rate = math.fsum(matrix[i][k] * way[place] for place, k in enumerate(active))
        meets = [(level - slack[i], 1.0 - rate), (level + slack[i], 1.0 + rate)]
        ends += [(gap / speed, None) for gap, speed in meets if speed > 0 and gap > TINY * level * speed]
    step, leaving = min(ends, key=lambda end: end[0])
    return step, way, leaving
