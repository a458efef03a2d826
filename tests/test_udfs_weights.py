"""Several hedges: against numpy's least squares, a search under the limit, and covCor in numpy."""

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from support.goldens import Cells, holds

from udfs import REGISTRY, hedge_beta
from udfs.linear import least_eigenvalue, within_limit
from udfs.weights import hedge_weights

Array = np.ndarray[Any, Any]

UNEQUAL = "HEDGE_WEIGHTS: ranges must be of one length, got asset_prices 4 and hedge_prices 3"
ROW = [[10], [11], [9.9], [10.89]]
ONE, TWO = [[100], [105], [99.75], [104.7375]], [[100, 200], [105, 210], [99.75, 199.5], [104.7375, 209.475]]


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        (([[1], [2]], ROW, ONE), "asset_prices: a column per exposure is needed: 1 for 2"),
        (([[0]], ROW, ONE), "exposures: there is nothing to hedge"),
        (([[None]], ROW, ONE), "exposures: one is blank"),
        ((1, ROW[:2], ONE[:2]), "asset_prices: at least 3 full rows are needed, got 2"),
        (
            (1, ROW, ONE[:3]),
            "HEDGE_WEIGHTS: ranges must be of one length, got asset_prices 4 and hedge_prices 3",
        ),
        ((1, [[1], [None], [1], [1]], ONE), "asset_prices: the portfolio's returns do not vary"),
        ((1, ROW, [[1], [1], [1], [1]]), "hedge_prices: the returns of a hedge do not vary"),
        ((1, ROW, TWO), "hedge_prices: one hedge is a combination of the others"),
        ((1, ROW, ONE, "ewma"), 'half_life: is blank, and "ewma" needs it'),
        ((1, ROW, ONE, "shrink", 5), 'half_life: does not count by "shrink"'),
        ((1, ROW, ONE, "ols", None, -1), "ratio: must be at least 0, got -1"),
        ((1, ROW, ONE, "ols", None, 1, -1), "gross_limit: must be at least 0, got -1"),
    ],
)
def test_refused(cells: Cells, refusal: str) -> None:
    """By name, with the reason."""
    holds("HEDGE_WEIGHTS", cells, refusal)


def histories(seed: int, *, assets: int = 3, hedges: int = 3, rows: int = 80) -> tuple[Array, Array, Array]:
    """Exposures, and prices of holdings and hedges that move together; the same in every run."""
    draw = np.random.default_rng(seed)
    market = draw.normal(0, 0.03, (rows, 1))
    moves = market + draw.normal(0, 0.02, (rows, assets + hedges))
    prices = 100 * np.cumprod(1 + moves, axis=0)
    exposures = draw.uniform(-2_000, 8_000, assets)
    return exposures, prices[:, :assets], prices[:, assets:]


def columns(table: Array) -> list[list[float]]:
    """A table as the plain function takes it."""
    return [list(map(float, column)) for column in table.T]


def returns(prices: Array) -> Array:
    """Simple returns."""
    found: Array = prices[1:] / prices[:-1] - 1
    return found


def answer(exposures: Array, assets: Array, hedges: Array, *rest: Any) -> dict[str, Any]:
    """The table of results by label, through the registry."""
    cells = ([[float(size)] for size in exposures], assets.tolist(), hedges.tolist(), *rest)
    return dict(REGISTRY["HEDGE_WEIGHTS"].call(*cells))


def weights_of(found: dict[str, Any], count: int) -> Array:
    """The notionals of the hedges."""
    return np.array([found[f"Hedge {number}"] for number in range(1, count + 1)])


@pytest.mark.parametrize("seed", range(10))
def test_ols_is_least_squares_and_leaves_nothing_correlated(seed: int) -> None:
    """As numpy's lstsq with a constant has it; what is left is uncorrelated with each hedge."""
    exposures, assets, hedges = histories(seed)
    found = answer(exposures, assets, hedges)
    money, moves = returns(assets) @ exposures, returns(hedges)
    best = np.linalg.lstsq(np.column_stack([moves, np.ones(len(moves))]), money, rcond=None)[0][:-1]
    assert weights_of(found, 3) == pytest.approx(best, rel=1e-9)
    assert found["Gross notional"] == pytest.approx(np.abs(best).sum(), rel=1e-12)
    left = money - moves @ weights_of(found, 3)
    assert found["Variance reduction"] == pytest.approx(1 - left.var() / money.var(), rel=1e-9)
    for hedge in moves.T:
        assert abs(np.corrcoef(left, hedge)[0, 1]) < 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_ewma_is_weighted_least_squares(seed: int) -> None:
    """Rows scaled by the root of their weight."""
    exposures, assets, hedges = histories(seed)
    found = answer(exposures, assets, hedges, "ewma", 12, 0.5)
    money, moves = returns(assets) @ exposures, returns(hedges)
    scale = np.sqrt(0.5 ** (np.arange(len(money))[::-1] / 12))
    design = np.column_stack([moves, np.ones(len(moves))])
    best = np.linalg.lstsq(design * scale[:, None], money * scale, rcond=None)[0][:-1]
    assert weights_of(found, 3) == pytest.approx(0.5 * best, rel=1e-9)


def constant_correlation(returns: Array) -> tuple[Array, float]:
    """Ledoit and Wolf's covCor, written for numpy."""
    count, size = returns.shape
    x = returns - returns.mean(axis=0)
    sample = x.T @ x / count
    var = np.diag(sample)
    root = np.sqrt(var)
    mean = ((sample / np.outer(root, root)).sum() - size) / (size * (size - 1))
    prior = mean * np.outer(root, root)
    np.fill_diagonal(prior, var)
    phi_matrix = (x**2).T @ (x**2) / count - sample**2
    theta = (x**3).T @ x / count - var[:, None] * sample
    np.fill_diagonal(theta, 0)
    rho = np.diag(phi_matrix).sum() + mean * (np.outer(1 / root, root) * theta).sum()
    kappa = (phi_matrix.sum() - rho) / ((sample - prior) ** 2).sum()
    intensity = float(max(0, min(1, kappa / count)))
    return intensity * prior + (1 - intensity) * sample, intensity


@pytest.mark.parametrize("seed", range(5))
def test_shrink_is_ledoit_and_wolf(seed: int) -> None:
    """The intensity and the weights of covCor; the reduction is that of the sample."""
    exposures, assets, hedges = histories(seed, rows=30)
    found = answer(exposures, assets, hedges, "shrink")
    gross = np.abs(exposures).sum()
    both = np.column_stack([returns(assets) @ exposures / gross, returns(hedges)])
    matrix, intensity = constant_correlation(both)
    assert found["Shrinkage"] == pytest.approx(intensity, rel=1e-9)
    best = np.linalg.solve(matrix[1:, 1:], matrix[1:, 0]) * gross
    assert weights_of(found, 3) == pytest.approx(best, rel=1e-8)
    left = both[:, 0] - both[:, 1:] @ best / gross
    assert found["Variance reduction"] == pytest.approx(1 - left.var() / both[:, 0].var(), rel=1e-8)


def searched(matrix: Array, right: Array, limit: float) -> Array:
    """The best w by all patterns of signs, each an equality problem, and by those within the limit."""
    size = len(right)
    best, least = np.zeros(size), 0.0
    for signs in itertools.product((-1, 0, 1), repeat=size):
        used = [place for place in range(size) if signs[place]]
        if not used:
            continue
        inner, sign = matrix[np.ix_(used, used)], np.array([signs[place] for place in used], dtype=float)
        for bound in (False, True):
            if bound:  # on the limit: M w + lambda sign = r, sign w = limit
                system = np.block([[inner, sign[:, None]], [sign[None, :], np.zeros((1, 1))]])
                part = np.linalg.solve(system, np.append(right[used], limit))[:-1]
            else:
                part = np.linalg.solve(inner, right[used])
            if (part * sign < -1e-12).any() or np.abs(part).sum() > limit * (1 + 1e-9):
                continue
            w = np.zeros(size)
            w[used] = part
            loss = float(w @ matrix @ w / 2 - right @ w)
            if loss < least:
                best, least = w, loss
    return best


@pytest.mark.parametrize(
    ("seed", "share"), list(itertools.product(range(12), (0.0, 0.05, 0.3, 0.7, 0.95, 2)))
)
def test_limit_is_the_best_of_all_patterns_of_signs(seed: int, share: float) -> None:
    """Four hedges, correlated: the exact optimum by brute force."""
    draw = np.random.default_rng(seed)
    factor = draw.normal(size=(4, 3))
    matrix = factor @ factor.T + np.diag(draw.uniform(0.05, 1, 4))
    right = draw.normal(size=4)
    free = np.linalg.solve(matrix, right)
    limit = share * float(np.abs(free).sum())
    found = within_limit(matrix.tolist(), right.tolist(), limit) if limit else [0.0] * 4
    assert found == pytest.approx(searched(matrix, right, limit), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_limit_with_many_hedges_agrees_with_an_optimiser(seed: int) -> None:
    """Nine hedges: no feasible point that a general optimiser finds is better."""
    exposures, assets, hedges = histories(seed, hedges=9, rows=200)
    free = answer(exposures, assets, hedges)["Gross notional"]
    found = weights_of(answer(exposures, assets, hedges, "ols", None, 1, 0.4 * free), 9)
    assert np.abs(found).sum() == pytest.approx(0.4 * free, rel=1e-9)
    money, moves = returns(assets) @ exposures, returns(hedges)
    scale = np.abs(exposures).sum()

    def loss(parts: Array) -> float:
        return float((money / scale - moves @ (parts[:9] - parts[9:])).var() * 1e6)

    best = minimize(
        loss,
        np.zeros(18),
        bounds=[(0, None)] * 18,
        constraints=[{"type": "ineq", "fun": lambda parts: 0.4 * free / scale - parts.sum()}],
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    mine = float((money / scale - moves @ found / scale).var() * 1e6)
    feasible = best.x * min(1.0, 0.4 * free / scale / best.x.sum())  # it oversteps a little
    assert mine <= loss(feasible) * (1 + 1e-9)


def test_one_hedge_is_the_beta_and_is_never_shrunk() -> None:
    """Of one holding, by every method."""
    _, assets, hedges = histories(1, assets=1, hedges=1)
    beta = hedge_beta(assets[:, 0].tolist(), hedges[:, 0].tolist())
    for method in ("ols", "shrink"):
        found = answer(np.array([6_000.0]), assets, hedges, method)
        assert found["Hedge 1"] == pytest.approx(6_000 * beta, rel=1e-12)
        assert found["Shrinkage"] == 0


def test_a_blank_skips_the_row_in_all_tables() -> None:
    """As if the row were not there."""
    exposures, assets, hedges = histories(2)
    full = answer(exposures, np.delete(assets, 7, axis=0), np.delete(hedges, 7, axis=0))
    gap: list[list[float | None]] = hedges.tolist()
    gap[7][1] = None
    cells = ([[float(size)] for size in exposures], assets.tolist(), gap)
    assert dict(REGISTRY["HEDGE_WEIGHTS"].call(*cells)) == full


def test_least_eigenvalue_is_that_of_numpy() -> None:
    """Of random correlation matrices, and of one with a copy of a column."""
    draw = np.random.default_rng(5)
    for size in (1, 2, 5, 8):
        matrix = np.corrcoef(draw.normal(size=(size, 40))).reshape(size, size)
        assert least_eigenvalue(matrix.tolist()) == pytest.approx(np.linalg.eigvalsh(matrix)[0], abs=1e-12)
    assert least_eigenvalue([[1.0, 1.0], [1.0, 1.0]]) == pytest.approx(0, abs=1e-15)


def test_plain_function_takes_columns() -> None:
    """The function of the record is one of plain numbers."""
    exposures, assets, hedges = histories(3)
    table = hedge_weights(list(map(float, exposures)), columns(assets), columns(hedges))
    assert {str(label): value for label, value in table} == answer(exposures, assets, hedges)
