"""Crashes, bad days, options and shorts of the plan book a second time: from the definitions, with numpy."""

import datetime as dt
import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from udfs.dates import serial

Row = dict[str, Any]
ASSETS = ("btc", "eth", "sol", "ada", "bnb")
SHORT = ("notional", "takes", "first", "second", "both", "gain")


def _returns(prices: Sequence[float]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    values = np.array(prices)
    return np.asarray(values[1:] / values[:-1] - 1)


def shorts(cells: dict[str, Any], tables: Mapping[str, list[Row]]) -> None:
    """The best single short in each asset, and the best two: least squares on the returns."""
    rows, hedge = tables["Shorts"], cells["plan_instrument"].lower()
    for at, row in enumerate(rows, 1):
        row.update(dict.fromkeys(SHORT, ""), place=at)
    if not cells["corr_ready"]:
        return
    days = [row for row in tables["Prices"] if row["date"]]
    own = _returns([day["portfolio"] for day in days])
    ratio, value = cells["plan_ratio"], cells["corr_value"]

    def best(*names: str) -> tuple[list[float], float]:
        moves = np.column_stack([_returns([day[name] for day in days]) for name in names])
        centred = moves - moves.mean(axis=0)
        weights = ratio * np.linalg.lstsq(centred, own - own.mean(), rcond=None)[0]
        left = own - moves @ weights
        return [float(weight) * value for weight in weights], float(1 - left.var() / own.var())

    _, one = best(hedge)
    for row in rows:
        name = row["asset"].lower()
        (row["notional"],), row["takes"] = best(name)
        if name != hedge:
            (row["first"], row["second"]), row["both"] = best(hedge, name)
            row["gain"] = row["both"] - one


def crashes(cells: Mapping[str, Any], tables: Mapping[str, list[Row]], closes: Sequence[Row]) -> None:
    """What the crashes of the file of episodes would have done to today's holdings."""
    worth = {row["asset"].lower(): row["value"] for row in tables["Betas"]}
    hedge = cells["plan_instrument"].lower()
    for row in tables["Crashes"]:
        moves = {}
        for close in closes:
            day = serial(dt.date.fromisoformat(close["episode"]))
            if day == row["episode"]:
                end = float(close["close" if row["span"] == "day" else "low"])
                moves[close["asset"].lower()] = end / float(close["before"]) - 1
        row["hedge_move"] = moves.get(hedge, "?")
        row["unhedged"] = row["hedged"] = ""
        if cells["plan_ready"]:
            row["unhedged"] = math.fsum(worth[name] * move for name, move in moves.items())
            if hedge in moves:
                short = cells["plan_feasible_notional"] + cells["plan_other_notional"]
                row["hedged"] = row["unhedged"] - short * moves[hedge]


def bad_days(cells: dict[str, Any], tables: Mapping[str, list[Row]]) -> None:
    """Value at risk and expected shortfall of a day, of a normal distribution and of the days themselves."""
    names = ("tail_volatility", "tail_normal", "tail_normal_mean", "tail_past", "tail_past_mean")
    cells |= dict.fromkeys(names, "") | {"tail_worst": 0}
    count, confidence = max(0, cells["corr_days"] - 1), cells["tail_confidence"]
    cells["tail_size"] = size = round(count * (1 - confidence), 12)
    if not cells["corr_ready"]:
        return
    values = [row["portfolio"] for row in tables["Prices"] if row["date"]]
    logs = [math.log(later / before) for before, later in itertools.pairwise(values)]
    cells["tail_volatility"] = volatility = statistics.stdev(logs) * math.sqrt(365)
    normal, spread = statistics.NormalDist(), cells["corr_value"] * volatility / math.sqrt(365)
    z = normal.inv_cdf(confidence)
    cells["tail_normal"] = spread * z
    cells["tail_normal_mean"] = spread * normal.pdf(z) / (1 - confidence)
    losses = sorted((-cells["corr_value"] * float(move) for move in _returns(values)), reverse=True)
    whole = int(size)
    cells["tail_past"] = losses[whole]
    cells["tail_worst"] = -losses[whole] / cells["corr_value"]
    cells["tail_past_mean"] = (math.fsum(losses[:whole]) + (size - whole) * losses[whole]) / size


def options(cells: dict[str, Any], tables: Mapping[str, list[Row]], moving: float) -> None:
    """A put, and a put paid for by a call, for the share of the plan, at their end."""
    put, premium = cells["put_strike"], cells["put_premium"]
    call, received = cells["call_strike"], cells["call_premium"]
    cells["put_known"] = cells["plan_ready"] and bool(put) and premium is not None
    cells["collar_known"] = bool(cells["put_known"] and (call or 0) >= put and received is not None)
    spot = cells["plan_entry_price"]
    for row in tables["Scenarios"]:
        row["with_put"] = row["with_collar"] = ""
        if cells["put_known"]:
            units, end = cells["plan_ratio"] * moving / spot, spot * (1 + row["move"])
            row["with_put"] = moving * row["move"] + units * (max(put - end, 0) - premium)
            if cells["collar_known"]:
                row["with_collar"] = row["with_put"] + units * (received - max(end - call, 0))


def carry(cells: dict[str, Any], tables: Mapping[str, list[Row]]) -> None:
    """Perpetual against future: the mean funding and its error by Newey and West, the basis, the fees."""
    names = ("perpetual_carry", "perpetual_error", "perpetual_fees", "future_carry", "future_fees")
    cells |= dict.fromkeys((*names, "carry_away", "carry_errors"), "")
    asset = cells["plan_instrument"].lower()
    rates = np.array([row[asset] for row in tables["FundingDays"] if row.get(asset) is not None])
    cells["carry_count"] = count = len(rates)
    cells["carry_mean"] = float(rates.mean()) if count else 0
    cells["carry_lags"] = lags = int(4 * (count / 100) ** (2 / 9))
    cells["carry_days"] = left = max(0, cells["plan_expiry"] - cells["plan_today"])
    days, future, spot = cells["plan_horizon"], cells["plan_future_price"], cells["plan_spot_price"]
    cells["carry_rolls"] = rolls = max(0, math.ceil(days / left) - 1) if left else 0
    notional = cells["plan_feasible_notional"]
    sound = cells["back_ready"] and cells["plan_ready"] and notional and count > 1
    cells["carry_ready"] = ready = bool(sound and left and future * spot > 0)
    gamma = [0.0] * len(tables["Lags"])
    if ready:
        off = rates - rates.mean()
        gamma[: lags + 1] = [float(off[lag:] @ off[: count - lag]) / count for lag in range(lags + 1)]
    for lag, row in enumerate(tables["Lags"]):
        row["covariance"] = gamma[lag]
        row["weight"] = (2 * (1 - lag / (lags + 1)) if lag else 1) if ready and lag <= lags else 0
        row["product"] = float(rates[lag:] @ rates[: count - lag]) if row["weight"] else 0
        row["sums"] = float(rates[lag:].sum() + rates[: count - lag].sum()) if row["weight"] else 0
    if not ready:
        return
    variance = gamma[0] + 2 * sum((1 - lag / (lags + 1)) * gamma[lag] for lag in range(1, lags + 1))
    cost = 2 * abs(notional) * (cells["plan_fee_rate"] + cells["costs_slippage_bps"] / 10_000)
    cells["perpetual_carry"] = perpetual = -notional * float(rates.mean()) * days
    cells["perpetual_error"] = error = abs(notional) * days * math.sqrt(variance / count)
    cells["perpetual_fees"], cells["future_fees"] = cost, (1 + rolls) * cost
    cells["future_carry"] = dated = -notional * (future / spot - 1) * days / left
    cells["carry_away"] = away = dated + (1 + rolls) * cost - perpetual - cost
    cells["carry_errors"] = away / error
