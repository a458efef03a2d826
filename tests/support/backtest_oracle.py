"""The Backtest sheet a second time: a hedger's wallet, walked from close to close in plain Python."""

import itertools
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
RESULTS = (
    *("back_from", "back_to", "back_return", "back_hedged_return", "back_volatility"),
    *("back_hedged_volatility", "back_fall", "back_hedged_fall", "back_reduction", "back_offset"),
    *("back_offset_test", "back_liquidations", "back_capital", "back_fees", "back_funding"),
)


@dataclass(frozen=True)
class Terms:
    """How the plan hedges: the share, each how many days, and what ends or costs a hedge."""

    every: int
    share: float
    limit: float | None
    leverage: float
    cost: float


@dataclass
class Wallet:
    """Cash that began at nothing, and the hedge that is open: units sold and what they were sold at."""

    cash: float = 0.0
    units: float = 0.0
    entry: float = 0.0
    fees: float = 0.0
    won: float = 0.0

    def settle(self, price: float) -> None:
        """Take the result of the open hedge so far."""
        self.cash += self.units * (self.entry - price)
        self.won += self.units * (self.entry - price)
        self.entry = price

    def trade(self, units: float, price: float, cost: float) -> None:
        """Sell or buy back until so many units are sold."""
        fee = abs(units - self.units) * price * cost
        self.cash, self.fees = self.cash - fee, self.fees + fee
        self.units, self.entry = units, price


def fill(cells: dict[str, Any], tables: Mapping[str, list[Row]], terms: Terms | None) -> None:
    """Put what the sheet must say into its cells and its table."""
    rows = tables["Backtest"]
    for row in rows:
        row.update(dict.fromkeys(("date", "unhedged", "hedged", "fall", "hedged_fall", "state"), ""))
    cells |= dict.fromkeys(RESULTS, "") | {"back_rate": 0, "back_share": 0, "back_days": 0}
    cells["back_value"] = cells["back_funding_days"] = 0
    paid = {row["date"]: row for row in tables["FundingDays"] if row["date"]}
    asset = cells["plan_instrument"].lower()
    cells["fund_col"] = {"btc": 2, "eth": 3}.get(asset, 0)
    if terms is None:
        return
    days = [row for row in tables["Prices"] if row["date"]]
    stops = list(range(len(days) - 1, -1, -terms.every))[: len(rows)][::-1]
    rates = [paid.get(day["date"], {}).get(asset) for day in days]
    wallet, funding, capital, liquidated = Wallet(), 0.0, 0.0, 0
    worths, hedged = [days[stops[0]]["portfolio"]], [days[stops[0]]["portfolio"]]
    states = [""]
    for start, stop in itertools.pairwise(stops):
        value, price = days[start]["portfolio"], days[start][asset]
        wallet.trade(terms.share * value / price, price, terms.cost)
        capital = max(capital, terms.share * value / terms.leverage - wallet.cash)
        highest = max(day[asset] for day in days[start + 1 : stop + 1])
        if terms.limit is not None and highest >= price * (1 + terms.limit):
            wallet.cash -= terms.share * value / terms.leverage
            wallet.won -= terms.share * value / terms.leverage
            wallet.units = 0.0
            liquidated += 1
        else:
            wallet.settle(days[stop][asset])
            bill = -wallet.units * days[stop][asset] * sum(r or 0 for r in rates[start + 1 : stop + 1])
            wallet.cash, funding = wallet.cash - bill, funding + bill
        states.append("open" if wallet.units or not terms.share else "liquidated")
        worths.append(days[stop]["portfolio"])
        hedged.append(days[stop]["portfolio"] + wallet.cash)
    wallet.trade(0.0, days[stops[-1]][asset], terms.cost)
    hedged[-1] = worths[-1] + wallet.cash
    for row, stop, worth, own, state in zip(
        rows[len(rows) - len(stops) :], stops, worths, hedged, states, strict=True
    ):
        seen = len([one for one in stops if one <= stop])
        row.update(date=days[stop]["date"], unhedged=worth, hedged=own, state=state)
        row["fall"] = worth / max(worths[:seen]) - 1
        row["hedged_fall"] = own / max(hedged[:seen]) - 1
    shown = rows[len(rows) - len(stops) :]
    changes = [(after - before) / before for before, after in itertools.pairwise(worths)]
    left = [
        (after - before) / value for before, after, value in zip(hedged, hedged[1:], worths, strict=False)
    ]
    years = (365 / terms.every) ** 0.5
    span = range(stops[0] + 1, stops[-1] + 1)
    made = worths[-1] / worths[0] - 1
    cells |= {
        "back_from": shown[0]["date"],
        "back_to": shown[-1]["date"],
        "back_return": made,
        "back_hedged_return": hedged[-1] / worths[0] - 1,
        "back_volatility": statistics.stdev(changes) * years,
        "back_hedged_volatility": statistics.stdev(left) * years,
        "back_fall": -min(row["fall"] for row in shown),
        "back_hedged_fall": -min(row["hedged_fall"] for row in shown),
        "back_reduction": 1 - statistics.variance(left) / statistics.variance(changes),
        "back_liquidations": liquidated,
        "back_capital": capital,
        "back_fees": wallet.fees,
        "back_funding": funding,
        "back_rate": terms.cost,
        "back_share": terms.share,
        "back_value": worths[0],
        "back_days": shown[-1]["date"] - shown[0]["date"],
        "back_funding_days": sum(rates[at] is not None for at in span),
    }
    if made * terms.share:
        offset = wallet.won / -(terms.share * worths[0] * made)
        cells["back_offset"] = offset
        cells["back_offset_test"] = "pass" if 0.8 <= offset <= 1.25 else "fail"
