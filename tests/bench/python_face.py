"""The functions under their Python names: a call, and rows as lists, arrays, Series, against numpy's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from functions import ROWS, row

import udfs
from udfs import REGISTRY

Arithmetic = Callable[..., Any]


def calls() -> None:
    """A checked call by its Python name against the plain function."""
    for name, cells in {
        "hedge_margin": (2_400.0, 5.0),
        "hedged_pnl": (6_000.0, 2_400.0, -0.1, -0.1, 0.0),
        "liquidation_price": (30_000.0, 5.0),
    }.items():
        checked, plain = getattr(udfs, name), REGISTRY[name.upper()].function
        row(f"{name}, a call", lambda: checked(*cells), lambda: plain(*cells), 6)  # noqa: B023 - called at once


def columns() -> None:
    """Columns of every kind against numpy's arithmetic on arrays; lists against a comprehension."""
    chance = np.random.default_rng(1)
    notional, price = chance.uniform(1, 1e5, ROWS), chance.uniform(1e3, 1e5, ROWS)
    leverage, move = chance.uniform(2, 50, ROWS), chance.uniform(-0.9, 2, ROWS)
    ours: dict[str, tuple[tuple[Any, ...], Arithmetic]] = {
        "hedge_notional": ((notional, 0.4), lambda n, r: n * r),
        "hedge_margin": ((notional, leverage), lambda n, k: np.abs(n) / k),
        "basis_rate": ((price, notional), lambda f, s: (f - s) / s),
        "maintenance_margin": (
            (notional, 0.005, 50.0),
            lambda n, r, a: np.maximum(0.0, np.abs(n) * r - a),
        ),
        "hedge_contracts": (
            (notional, price, 1.0, 0.001),
            lambda n, p, c, k: np.rint(n / (p * c * k)) * k,
        ),
        "hedged_pnl": ((notional, notional, move), lambda e, n, m: e * m - n * m - 0.0),
        "hedge_cost": (
            (notional, 0.0005, 2.0, 0.0001, 21.0),
            lambda n, f, s, r, p: np.abs(n) * f * 2.0 + np.abs(n) * (s / 1e4) * 2.0 + -n * r * p + 0.0,
        ),
    }
    for name, (cells, bare) in ours.items():
        checked = getattr(udfs, name)
        series = [pd.Series(cell) if isinstance(cell, np.ndarray) else cell for cell in cells]
        row(f"{name}, arrays", lambda: checked(*cells), lambda: bare(*cells), 3)  # noqa: B023 - called at once
        row(f"{name}, Series", lambda: checked(*series), lambda: bare(*series), 3)  # noqa: B023 - the same
    listed = notional.tolist()
    row(
        "hedge_margin, a list",
        lambda: udfs.hedge_margin(listed, 5),
        lambda: [abs(x) / 5.0 for x in listed],
        3,
    )


def main() -> None:
    """Print the table."""
    print(f"{'Python, 100,000 rows':<46}{'us':>14}{'bare us':>14}{'times':>8}{'goal':>7}")
    calls()
    columns()
    print()


if __name__ == "__main__":
    main()
