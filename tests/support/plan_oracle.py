"""What a plan book must say, worked out in plain Python from its inputs: neither engine nor udfs.

Each formula is written a second time, from the specification and the venues' pages. A blank cell is
"" here, as a formula that shows nothing holds it.
"""

import csv
import datetime as dt
import itertools
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from conftest import ROOT

from support import backtest_oracle, risk_oracle
from udfs.dates import serial
from workbook.layout import PLAN
from workbook.layout.plan_settings import PLAN_SETTINGS
from workbook.template.examples import ExampleBook

Row = dict[str, Any]
Rows = list[Row]
ASSETS = ("btc", "eth", "sol", "ada", "bnb")
SETTINGS = tuple(field.name for field in PLAN_SETTINGS.fields)
JOURNALLED: tuple[str, ...] = (
    "status",
    "liquidation",
    "room",
    "result",
    "funding",
    "funding_by",
    "margin",
    "net_result",
    "fees",
)
JOURNALLED += ("adjustment",)


def exact(number: float) -> Decimal:
    """The decimal that a person reads."""
    return Decimal(repr(float(number)))


def fixed(number: float, decimals: float = 2) -> str:
    """Excel's FIXED: thousands separated, a half rounded away from zero."""
    step = Decimal(1).scaleb(-int(decimals))
    return f"{exact(number + 0.0).quantize(step, ROUND_HALF_UP):,}"


def percent(ratio: float, decimals: int = 1) -> str:
    """A ratio as a sentence says it."""
    return fixed(ratio / 0.01, decimals)


def plain(number: float) -> str:
    """A number joined to a text, as a cell shows it."""
    return f"{number:.15g}"


def decimals_of(step: float) -> int:
    """Decimals that a step has: 0.001 has 3."""
    return max(0, math.ceil(round(-math.log10(step), 9))) if step > 0 else 0


def lots(notional: float, price: float, size: float, lot: float, rounding: str, kind: str) -> float:
    """Contracts in whole lots; a tie of nearest goes to the smaller hedge."""
    value = exact(lot) * exact(size) * (exact(price) if kind == "linear" else 1)
    mode = {"nearest": ROUND_HALF_DOWN, "down": ROUND_FLOOR, "up": ROUND_CEILING}[rounding]
    return float((exact(notional) / value).quantize(Decimal(1), mode) * exact(lot))


def worth(contracts: float, price: float, size: float, kind: str) -> float:
    """Quote value of contracts."""
    return contracts * size * (price if kind == "linear" else 1)


def liquidation(
    entry: float, leverage: float, rate: float, *, kind: str, formula: str, fee: float
) -> float | str:
    """Liquidation price of an isolated short with its initial margin, or none; cautious is the nearest."""
    if formula == "cautious":
        prices = [
            liquidation(entry, leverage, rate, kind=kind, formula=rule, fee=fee)
            for rule in ("mark+fee", "entry")
        ]
        return min((price for price in prices if not isinstance(price, str)), default="none")
    held = rate + fee if formula == "mark+fee" else rate
    if kind == "linear":
        price = (
            entry * (1 + 1 / leverage - rate)
            if formula == "entry"
            else entry * (1 + 1 / leverage) / (1 + held)
        )
    elif formula == "entry":
        below = 1 - 1 / leverage + rate
        price = entry / below if below > 0 else math.inf
    else:
        price = math.inf if leverage == 1 else entry * (1 - held) / (1 - 1 / leverage)
    return price if math.isfinite(price) else "none"


def highest_leverage(move: float, rate: float, *, kind: str, formula: str, fee: float) -> float:
    """Leverage at which the rise just liquidates; cautious is the lowest."""
    if formula == "cautious":
        return min(
            highest_leverage(move, rate, kind=kind, formula=rule, fee=fee) for rule in ("mark+fee", "entry")
        )
    held = rate + fee if formula == "mark+fee" else rate
    if kind == "linear":
        margin = move + rate if formula == "entry" else (1 + move) * (1 + held) - 1
    else:
        margin = 1 - 1 / (1 + move) + rate if formula == "entry" else 1 - (1 - held) / (1 + move)
    return 1 / margin


def outliving(target: float, margin: float, stop: Callable[[float], float | str]) -> float | str:
    """Least margin, in quote, with which a position is not liquidated before a price; by halving."""

    def survives(posted: float) -> bool:
        at = stop(posted)
        return isinstance(at, str) or at >= target

    if not survives(margin):
        return "none"
    low, high = 0.0, margin
    while high - low > 1e-13 * margin:
        middle = (low + high) / 2
        low, high = (low, middle) if survives(middle) else (middle, high)
    return high


def touching(move: float, volatility: float, days: float) -> float:
    """Chance that a price without a drift touches a move: by the reflection of its logarithm."""
    years, barrier = days / 365, math.log1p(move)
    spread, drift = volatility * math.sqrt(years), -(volatility**2) * years / 2
    tail = statistics.NormalDist().cdf
    return tail((drift - barrier) / spread) + tail((-barrier - drift) / spread) / (1 + move)


def rule_on(venue: str, kind: str, day: float) -> str:
    """The liquidation rule of a venue on a day, read from the table of rules itself."""
    found = "cautious"
    with (ROOT / "udfs" / "rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):  # oldest first
            since = row["effective_from"]
            begun = not since or (dt.date.fromisoformat(since) - dt.date(1899, 12, 30)).days <= day
            if (row["venue"], row["kind"]) == (venue, kind) and begun:
                found = row["rule"]
    return found


def pooled(
    contracts: float,
    entry: float,
    margin: float,
    rate: float,
    *,
    kind: str,
    formula: str,
    size: float,
    fee: float = 0,
) -> float | str:
    """Liquidation price of an isolated position of either sign with a margin in quote, or none."""
    if not contracts:
        return "none"
    side = -1 if contracts > 0 else 1
    share = margin / abs(worth(contracts, entry, size, kind))
    if formula == "cautious":
        terms: dict[str, Any] = {"kind": kind, "size": size, "fee": fee}
        rules = ("mark", "mark+fee", "entry")
        prices = [pooled(contracts, entry, margin, rate, formula=rule, **terms) for rule in rules]
        reached = [price for price in prices if not isinstance(price, str)]
        return min(reached, key=lambda price: abs(price - entry), default="none")
    held = rate + fee if formula == "mark+fee" else rate
    by_entry = formula == "entry"
    if kind == "linear":
        top = 1 - side * share + (side * rate if by_entry else 0)
        foot = 1 if by_entry else 1 - side * held
    else:
        top = 1 if by_entry else 1 + side * held
        foot = 1 + side * share - (side * rate if by_entry else 0)
    return entry * top / foot if top > 0 and foot > 0 else "none"


def tier(venue: str, symbol: str, notional: float) -> float | str:
    """Maintenance rate of the leverage tier, read from the table of tiers itself."""
    with (ROOT / "udfs" / "tiers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            inside = float(row["minimum_notional"]) <= notional < float(row["maximum_notional"])
            if (row["venue"], row["symbol"]) == (venue, symbol) and inside:
                return float(row["maintenance_rate"])
    return "unknown"


@cache
def returns(prices: tuple[float, ...]) -> list[float]:
    """Simple returns."""
    return [later / earlier - 1 for earlier, later in itertools.pairwise(prices)]


@cache
def beta(asset: tuple[float, ...], hedge: tuple[float, ...]) -> float:
    """Slope of the asset's returns on the hedge's."""
    slope: float = statistics.linear_regression(returns(hedge), returns(asset)).slope
    return slope


@cache
def correlation(asset: tuple[float, ...], hedge: tuple[float, ...]) -> float:
    """Of the returns."""
    found: float = statistics.correlation(returns(asset), returns(hedge))
    return found


@cache
def volatility(prices: tuple[float, ...]) -> float:
    """Of a year, from the logarithms of daily returns."""
    return statistics.stdev(map(math.log1p, returns(prices))) * math.sqrt(365)


class Oracle:
    """The named cells and the tables' columns that follow from the inputs of a book."""

    def __init__(self, inputs: Mapping[str, Any], tables: Mapping[str, Rows], today: float) -> None:
        self.cells: dict[str, Any] = dict(inputs)
        self.tables = tables
        self.today = inputs["plan_as_of"] or today
        self.quote = inputs["plan_quote"]
        self.market = {row["symbol"]: row for row in reversed(tables["Market"]) if row["symbol"]}
        self._facts()
        self._correlation()
        self._holdings()
        self._journal()
        self._plan()
        self._costs()
        self._scenarios()
        self._compare()
        self._roll()
        self._backtest()
        risk_oracle.shorts(self.cells, tables)
        risk_oracle.crashes(self.cells, tables, self._closes())
        risk_oracle.bad_days(self.cells, tables)
        risk_oracle.options(self.cells, tables, self.moving)
        risk_oracle.carry(self.cells, tables)
        self._states()
        self._judge()
        self._words()

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]

    def _facts(self) -> None:
        cells = self.cells
        for row in self.tables["Contracts"]:
            row["key"] = f"{row['venue']} {row['asset']} {row['kind']}" if row["venue"] else ""
        for row in self.tables["Market"]:
            self._quote(row)
        symbols = [row["symbol"] for row in self.tables["Market"]]
        cells["plan_market_row"] = self._row(symbols, cells["plan_instrument"])
        key = f"{cells['plan_venue']} {cells['plan_instrument']} {cells['plan_kind']}"
        cells["plan_contract_row"] = self._row([row["key"] for row in self.tables["Contracts"]], key)
        quote = self.market.get(cells["plan_instrument"], {})
        contract = (
            self.tables["Contracts"][cells["plan_contract_row"] - 1] if cells["plan_contract_row"] else {}
        )
        cells["plan_spot_price"] = quote.get("usable", 0)
        cells["plan_mark_price"] = quote.get("perpetual", 0)
        cells["plan_future_price"] = quote.get("dated_price", 0)
        cells["plan_expiry"] = quote.get("expiry") or 0
        self.is_future = cells["plan_contract"] == "future"
        cells["plan_entry_price"] = cells["plan_future_price" if self.is_future else "plan_mark_price"]
        cells["plan_funding_rate"] = 0 if self.is_future else quote.get("funding_rate") or 0
        cells["plan_funding_interval"] = max(1, quote.get("funding_interval") or 0)
        has_rate = quote.get("funding_rate") is not None and (quote.get("funding_interval") or 0) >= 1
        cells["plan_funding_known"] = bool(quote) and (self.is_future or has_rate)
        for name in ("contract_size", "lot", "tick", "taker_fee", "maker_fee", "maximum_leverage"):
            cells[f"plan_{name}"] = contract.get(name) or 0
        self.fees_known = None not in (contract.get("maker_fee"), contract.get("taker_fee"))
        cells["plan_minimum_notional"] = contract.get("minimum_notional") or 0
        cells["plan_price_multiplier"] = contract.get("price_multiplier") or 1
        cells["plan_symbol"] = contract.get("symbol", "")
        cells["plan_liquidation_formula"] = contract.get("liquidation") or "cautious"
        held = cells["plan_liquidation_formula"] in ("cautious", "mark+fee")
        cells["plan_closing_fee"] = cells["plan_taker_fee"] if held else 0
        order = "maker" if cells["costs_order"] == "maker" else "taker"
        cells["plan_fee_rate"] = cells[f"plan_{order}_fee"]
        cells["plan_today"] = self.today
        ages = [self.today - row["as_of"] for row in self.tables["Market"] if row["as_of"]]
        cells["plan_price_age"] = max(ages, default=0)
        priced = sum(row["spot"] is not None for row in self.tables["Market"])
        cells["plan_dates_known"] = 0 < len(ages) >= priced and min(ages) > -1
        cells["plan_facts_day"] = day = contract.get("as_of") or 0
        cells["plan_facts_age"] = self.today - day if day else 0
        cells["plan_facts_fresh"] = bool(day) and abs(self.today - day) <= cells["limit_facts_age"]
        for row in self.tables["FundingHistory"]:
            known = row["rate"] is not None and row["mark"] is not None
            row["payment"] = row["rate"] * row["mark"] if known else ""

    def _quote(self, row: Row) -> None:
        """Whether the prices of a symbol can be relied on, and the word for it."""
        prices = [row[name] for name in ("spot", "mark", "index", "future") if row[name] is not None]
        limit = self.cells["limit_price_jump"]
        moved = abs(row["spot"] / row["before"] - 1) if row["before"] and row["spot"] else 0
        agrees = bool(prices) and min(prices) > 0 and max(prices) <= min(prices) * (1 + limit)
        agrees = agrees and moved <= limit
        twice = sum(other["symbol"] == row["symbol"] for other in self.tables["Market"]) > 1
        row["usable"] = usable = (row["spot"] or 0) if agrees and not twice else 0
        row["perpetual"] = (usable if row["mark"] is None else row["mark"]) if usable else 0
        row["dated_price"] = (row["future"] or 0) if usable else 0
        row["agrees"] = agrees
        age = None if row["as_of"] is None else self.today - row["as_of"]
        dated = "no date" if age is None else "later" if age <= -1 else "fresh"
        dated = "old" if dated == "fresh" and (age or 0) > self.cells["limit_price_age"] else dated
        lacking = "no price" if not prices else dated if agrees else "contradicted"
        row["state"] = "" if not row["symbol"] else "twice" if twice else lacking

    @staticmethod
    def _row(column: Sequence[Any], value: Any) -> int:
        return column.index(value) + 1 if value in column else 0

    def _correlation(self) -> None:
        cells = self.cells
        heads = ["Date", *(name.upper() for name in ASSETS), "Portfolio"]
        cells["hedge_col"] = self._row(heads, cells["plan_instrument"])
        cells["asset_col"] = self._row(heads, cells["corr_asset"])
        days = [row for row in self.tables["Prices"] if row["date"]]
        cells["corr_days"] = len(days)
        self.series = {name: tuple(day[name] for day in days) for name in ASSETS}
        hedge = self.series.get((cells["plan_instrument"] or "").lower(), ())
        for row in self.tables["Betas"]:
            name = row["asset"].lower()
            own = self.series[name]
            row["price_column"] = self._row(heads, row["asset"])
            row["days"] = len(own)
            row["volatility"] = volatility(own)
            row["beta"] = beta(own, hedge) if hedge else ""
            row["correlation"] = correlation(own, hedge) if hedge else ""
            row["effectiveness"] = row["correlation"] ** 2 if hedge else ""
        self.betas = {row["asset"]: row["beta"] for row in self.tables["Betas"]}
        window, steps = cells["corr_window"], len(self.tables["RollingBeta"]) - 1
        chosen = self.series.get((cells["corr_asset"] or "").lower(), ())
        for step, row in enumerate(self.tables["RollingBeta"]):
            row["step"] = step
            end = Decimal(window) + Decimal(step) * Decimal(len(days) - window) / steps
            row["end"] = int(end.quantize(Decimal(1), ROUND_HALF_UP)) if len(days) > window else 0
            row["date"] = days[row["end"] - 1]["date"] if row["end"] else ""
            possible = len(days) > window and hedge
            row["start"] = row["end"] - int(window) + 1 if possible else 0
            cut = slice(row["start"] - 1, row["end"])
            row["beta"] = beta(chosen[cut], hedge[cut]) if row["start"] else ""

    def _holdings(self) -> None:
        cells, rows = self.cells, self.tables["Holdings"]
        symbols = [row["symbol"] for row in self.tables["Market"]]
        shown = ("price", "value", "measured", "beta", "to_hedge", "beta_value", "weight", "state")
        self.moving = 0.0
        for row in rows:
            asset, quantity = row["asset"], row["quantity"]
            row.update(dict.fromkeys(shown, ""))
            if not asset and quantity is None:
                continue
            quote = self.market.get(asset, {})
            steady = asset == self.quote or quote.get("pegged") == "yes"
            price = 1 if asset == self.quote else quote.get("usable", 0)
            row["price"] = price or "?"
            known = quantity is not None and price > 0
            row["value"] = quantity * price if known else "?"
            row["measured"] = self.betas.get(asset, "")
            own, measured = row["own_beta"], row["measured"]
            row["beta"] = own if own is not None else measured if measured != "" else 1
            share = row["own_share"] if row["own_share"] is not None else 0 if steady else 1
            sure = quantity is not None and (share == 0 or known)
            row["to_hedge"] = (row["value"] * share if share else 0) if sure else "?"
            row["beta_value"] = row["to_hedge"] * row["beta"] if sure else ""
            lacking = quote.get("state", "not on Market") if asset in symbols else "not on Market"
            lacking = "no quantity" if quantity is None else lacking
            row["state"] = ("priced" if share else "not hedged") if sure else lacking
            if known and not steady:
                self.moving += row["value"] * (row["beta"] if cells["plan_method"] == "beta" else 1)
        used = [row for row in rows if row["price"] != ""]
        valued = [row["value"] for row in used if row["value"] != "?"]
        sure = [row for row in used if row["to_hedge"] != "?"]
        cells["holdings_value"] = total = math.fsum(valued)
        cells["holdings_hedged"] = math.fsum(row["to_hedge"] for row in sure)
        cells["holdings_beta_value"] = math.fsum(row["beta_value"] for row in sure)
        cells["holdings_left_out"] = total - cells["holdings_hedged"]
        cells["holdings_assets"], cells["holdings_valued"] = len(used), len(sure)
        cells["holdings_unknown"] = len(used) - len(sure)
        for row in used:
            row["weight"] = (row["value"] / total if total else 0) if row["value"] != "?" else ""
        for name in ASSETS:
            cells[f"held_{name}"] = math.fsum(
                row["quantity"] or 0 for row in used if row["asset"] == name.upper()
            )

    def _plan(self) -> None:
        cells = self.cells
        cells["plan_exposure"] = cells["holdings_value"]
        is_beta = cells["plan_method"] == "beta"
        cells["plan_hedged_value"] = cells["holdings_beta_value" if is_beta else "holdings_hedged"]
        self._needs()
        cells["plan_ready"] = ready = all(self.needs.values())
        cells["plan_side"] = "long" if cells["plan_hedged_value"] < 0 else "short"
        results: tuple[str, ...] = (
            "target_contracts",
            "trade_contracts",
            "own_notional",
            "open_notional",
            "trade_notional",
        )
        results += ("feasible_notional", "coverage_target", "coverage_now", "coverage_change", "coverage")
        results += ("free_now", "liquidation_now", "room_now", "average_entry", "margin_after", "cushion")
        results += ("liquidation_price", "liquidation_move", "wanted_notional", "margin_trade", "margin")
        results += ("quantity", "rounding_gap", "safe_leverage", "breakeven_move", "lot_value", "trade_side")
        results += ("liquidation_chance", "survival_margin", "scaled_ratio")
        results += ("order_quantity", "limit_price", "stop_price", "reduce_only", "order", "contracts")
        cells |= {f"plan_{name}": "" for name in results}
        cells["plan_entry_now"] = self.open_entry or ""
        cells["plan_after_contracts"] = cells["plan_open_contracts"]
        cells["plan_tier_rate"] = ""
        self.equity = self.all_equity = 0.0
        self.all_price: Any = ""
        self.lot_multiple: float = 0
        self.is_small = False
        if ready:
            self._trade()
            self._position()

    def _needs(self) -> None:
        """What an order rests on, in the order in which it is asked for; None: nothing to judge."""
        cells = self.cells
        required = [name for name in SETTINGS if name not in ("plan_max_loss", "plan_as_of")]
        quoted = bool(cells["plan_market_row"])
        quote = self.market.get(cells["plan_instrument"], {})
        prices = [quote.get(name) for name in ("spot", "mark", "index", "future")]
        contradicted = any(prices) and not quote.get("agrees")
        left, price = self.days_left(), cells["plan_entry_price"]
        spot = cells["plan_spot_price"]
        self.basis_rate = (price / spot - 1) * 365 / left if self.is_future and left and price and spot else 0
        leverage = cells["plan_leverage"] or 0
        found: dict[str, bool | None] = {
            "addin": True,
            "inputs": all(cells[name] is not None for name in required),
            "figures": True,
            "holdings": cells["holdings_assets"] > 0
            and (cells["holdings_unknown"] > 0 or cells["plan_hedged_value"] != 0),
            "prices": not cells["holdings_unknown"],
            "instrument": quoted,
            "agreement": not contradicted if quoted else None,
            "price": None if not quoted or contradicted else price * spot > 0,
            "contract": bool(cells["plan_contract_row"]),
            "facts": min(cells[f"plan_{name}"] for name in ("lot", "contract_size", "tick")) > 0
            if cells["plan_contract_row"]
            else None,
            "expiry": not self.is_future or cells["plan_expiry"] > self.today,
            "basis": abs(self.basis_rate) <= cells["limit_basis"],
            "margin": 1 / leverage > (cells["plan_maintenance_rate"] or 0) if leverage >= 1 else None,
            "journal": not cells["journal_unknown"],
            "liquidated": not self.lost,
        }
        cells |= {f"need_{name}": "" if good is None else good for name, good in found.items()}
        self.needs = {name: good for name, good in found.items() if good is not None}
        cells["needs_missing"] = sum(not good for good in self.needs.values())

    def days_left(self) -> float:
        """Days from the plan's to the expiry of the dated future."""
        left: float = max(0, self.cells["plan_expiry"] - self.today)
        return left

    def _trade(self) -> None:
        """From the hedge wanted and the hedge that is open to the trade."""
        cells = self.cells
        base, price, kind = cells["plan_hedged_value"], cells["plan_entry_price"], cells["plan_kind"]
        size, lot = cells["plan_contract_size"], cells["plan_lot"]
        cells["plan_wanted_notional"] = wanted = base * cells["plan_ratio"]
        other, opened = cells["plan_other_notional"], cells["plan_open_contracts"]
        cells["plan_own_notional"] = own = wanted - other
        target = lots(own, price, size, lot, cells["plan_rounding"], kind)
        cells["plan_target_contracts"] = cells["plan_contracts"] = target
        cells["plan_open_notional"] = now = worth(opened, price, size, kind)
        steps = (exact(target) - exact(opened)) / exact(lot)
        step = float(steps.to_integral_value(ROUND_DOWN) * exact(lot)) if target else -opened
        self.inside = bool(opened and own) and abs(own - now) <= cells["journal_band"] * abs(base)
        small = abs(worth(step, price, size, kind)) < cells["plan_minimum_notional"]
        only_reduces = step * opened < 0 and abs(step) <= abs(opened)
        self.is_small = bool(cells["plan_facts_fresh"] and step and small and not only_reduces)
        trade = 0 if self.inside or self.is_small else step
        cells["plan_trade_contracts"] = trade
        cells["plan_trade_notional"] = worth(trade, price, size, kind)
        cells["plan_after_contracts"] = after = float(exact(opened) + exact(trade))
        cells["plan_feasible_notional"] = feasible = worth(after, price, size, kind)
        cells["plan_coverage_target"] = cells["plan_ratio"]
        cells["plan_coverage_now"] = (now + other) / base
        cells["plan_coverage"] = (feasible + other) / base
        cells["plan_coverage_change"] = cells["plan_coverage"] - cells["plan_coverage_now"]
        cells["plan_quantity"] = feasible / price
        if own > 0 and cells["plan_ratio"] > 0:
            cells["plan_rounding_gap"] = (worth(target, price, size, kind) - own) / own
        cells["plan_lot_value"] = worth(lot, price, size, kind)
        self.lot_multiple = cells["plan_lot_value"] / abs(wanted) if wanted else 0
        tick, multiple = exact(cells["plan_tick"]), exact(cells["plan_price_multiplier"])
        away = exact(cells["plan_offset"]) / 10_000
        aimed = exact(price) * multiple * (1 - away if trade < 0 else 1 + away)
        rounded = (aimed / tick).to_integral_value(ROUND_FLOOR if trade < 0 else ROUND_CEILING)
        cells["plan_limit_price"] = float(rounded * tick)
        if trade:
            words = {True: " to open", False: " to reduce" if only_reduces else " to turn it"}
            cells["plan_trade_side"] = "Sell" if trade > 0 else "Buy"
            cells["plan_order_quantity"] = abs(trade)
            cells["plan_reduce_only"] = "yes" if only_reduces else "no"
            cells["plan_order"] = cells["plan_trade_side"] + words[trade * opened >= 0]
        cells["plan_tier_rate"] = tier(cells["plan_venue"], cells["plan_symbol"], abs(feasible))

    def _position(self) -> None:
        """Margin, average entry and liquidation of what is open and of what the trade leaves."""
        cells = self.cells
        price, kind, leverage = cells["plan_entry_price"], cells["plan_kind"], cells["plan_leverage"]
        opened, trade = cells["plan_open_contracts"], cells["plan_trade_contracts"]
        after, size = cells["plan_after_contracts"], cells["plan_contract_size"]
        rate, formula = cells["plan_maintenance_rate"], cells["plan_liquidation_formula"]
        entry = price
        if trade * opened >= 0:
            needed = abs(cells["plan_trade_notional"]) / leverage
            if opened:
                by = 1 if kind == "linear" else -1
                total = opened * self.open_entry**by + trade * price**by
                entry = total / after if kind == "linear" else after / total
        elif after * opened > 0:
            needed, entry = self.open_margin * trade / opened, self.open_entry
        else:
            needed = abs(cells["plan_feasible_notional"]) / leverage - self.open_margin
            needed = needed if after else -self.open_margin
        used, capital = cells["plan_margin_used"], cells["plan_capital"]
        cells["plan_margin_trade"], cells["plan_margin"] = needed, self.open_margin + needed
        cells["plan_free_now"], cells["plan_margin_after"] = capital - used, used + needed
        cells["plan_cushion"] = capital - used - needed
        cells["plan_average_entry"] = entry if after else ""
        fee = cells["plan_closing_fee"]
        terms = {"kind": kind, "formula": formula, "size": size, "fee": fee}
        stop = pooled(after, entry, self.open_margin + needed, rate, **terms)
        cells["plan_liquidation_price"] = stop
        cells["plan_liquidation_move"] = stop if isinstance(stop, str) else stop / price - 1
        if opened:
            now = pooled(opened, self.open_entry, self.open_margin, rate, **terms)
            cells["plan_liquidation_now"] = now
            cells["plan_room_now"] = "" if isinstance(now, str) else now / price - 1
        if cells["plan_reference_move"]:
            cells["plan_safe_leverage"] = highest_leverage(
                cells["plan_reference_move"], rate, kind=kind, formula=formula, fee=fee
            )
        so_far = -worth(after, entry, size, kind) * (price / entry - 1)
        self.equity = self.open_margin + needed + so_far
        whole = max(self.open_margin + needed, capital - used + self.open_margin)
        self.all_equity = whole + so_far
        self.all_price = pooled(after, entry, whole, rate, **terms)
        self._outlived(lambda margin: pooled(after, entry, margin, rate, **terms))
        if cells["plan_max_loss"] and after:
            stop_at = entry + cells["plan_max_loss"] / cells["plan_quantity"]
            cells["plan_stop_price"] = stop_at * cells["plan_price_multiplier"]

    def _outlived(self, stop: Callable[[float], float | str]) -> None:
        """The chance of a liquidation, the margin against it, and the share by the volatility of late."""
        cells = self.cells
        prices = self.series.get(cells["plan_instrument"].lower())
        known = volatility(prices) if prices else 0
        move = cells["plan_liquidation_move"]
        cells["plan_liquidation_chance"] = "none" if isinstance(move, str) else "?"
        cells["plan_scaled_ratio"] = "?"
        if not isinstance(move, str) and known:
            cells["plan_liquidation_chance"] = touching(move, known, cells["plan_horizon"])
        if prices and known and len(prices) > cells["corr_window"]:
            late = volatility(prices[-int(cells["corr_window"]) - 1 :])
            ratio = cells["plan_ratio"]
            cells["plan_scaled_ratio"] = min(max(1, ratio), ratio * late / known)
        cells["plan_survival_margin"] = "none"
        if cells["plan_after_contracts"]:
            target = cells["plan_entry_price"] * (1 + cells["plan_reference_move"])
            most = 10 * abs(cells["plan_feasible_notional"])
            cells["plan_survival_margin"] = outliving(target, most, stop)

    def _costs(self) -> None:
        cells, ready = self.cells, self["plan_ready"]
        horizon, notional = cells["plan_horizon"], cells["plan_feasible_notional"]
        bps, rate = cells["costs_slippage_bps"] / 10_000, cells["plan_funding_rate"]
        periods = (horizon or 0) * 24 / cells["plan_funding_interval"] if ready else 0
        left = self.days_left()
        share: float = min(1, (horizon or 0) / left) if left > 0 else 0
        self.rolls = max(0, math.ceil(horizon / left) - 1) if ready and self.is_future and left else 0
        parts = ("costs_fees", "costs_slippage", "costs_funding", "costs_basis", "costs_total")
        cells |= dict.fromkeys(parts, "")
        if ready:
            filled = abs(cells["plan_trade_notional"]) + abs(notional) * (1 + 2 * self.rolls)
            cells["costs_basis"] = 0
            if self.is_future:
                gap = cells["plan_entry_price"] - cells["plan_spot_price"]
                cells["costs_basis"] = -cells["plan_quantity"] * gap * share
            cells["costs_fees"] = filled * cells["plan_fee_rate"] if self.fees_known else "?"
            cells["costs_slippage"] = filled * bps
            cells["costs_funding"] = -notional * rate * periods if cells["plan_funding_known"] else "?"
            known = [value for name in parts[:4] if not isinstance(value := cells[name], str)]
            cells["costs_total"] = math.fsum(known)
            cells["plan_breakeven_move"] = -cells["costs_total"] / notional if notional else ""
        cells["plan_cost"] = cells["costs_total"]
        self._venues(bps, rate, periods, share)
        steps = len(self.tables["FundingPath"]) - 1
        for step, row in enumerate(self.tables["FundingPath"]):
            row["step"] = step
            row["day"] = horizon * step / steps if ready else ""
            settled = (horizon or 0) * step / steps * 24 / cells["plan_funding_interval"]
            row["funding"] = -notional * rate * settled if ready else ""
            fees = cells["costs_fees"] if self.fees_known else 0
            row["total"] = fees + cells["costs_slippage"] + row["funding"] if ready else ""

    def _venues(self, bps: float, rate: float, periods: float, share: float) -> None:
        cells, keys = self.cells, [row["key"] for row in self.tables["Contracts"]]
        gap = cells["plan_entry_price"] - cells["plan_spot_price"]
        for row in self.tables["Costs"]:
            venue, kind = row["venue"] or "", row["kind"] or ""
            at: Any = self._row(keys, f"{venue} {cells['plan_instrument']} {kind}") if venue else ""
            row["label"], row["facts_row"] = f"{venue} {kind}" if venue else "", at
            facts = self.tables["Contracts"][at - 1] if at else {}
            fee = "maker_fee" if cells["costs_order"] == "maker" else "taker_fee"
            row["fee_rate"] = facts.get(fee, "") or (0 if facts else "")
            row["size"], row["lot"] = facts.get("contract_size", ""), facts.get("lot", "")
            names = ("contracts", "notional", "fees", "slippage", "funding", "basis", "total", "share")
            row.update(dict.fromkeys(names, ""))
            if not (facts and cells["plan_ready"]):
                continue
            terms = (cells["plan_entry_price"], row["size"])
            wanted, rounding = cells["plan_own_notional"], cells["plan_rounding"]
            row["contracts"] = lots(wanted, *terms, row["lot"], rounding, kind)
            row["notional"] = notional = worth(row["contracts"], *terms, kind)
            row["fees"] = 2 * abs(notional) * row["fee_rate"]
            row["slippage"] = 2 * abs(notional) * bps
            own = row["own_funding_rate"]
            row["funding"] = -notional * (rate if own is None else own) * periods
            row["basis"] = -notional / cells["plan_entry_price"] * gap * share
            row["total"] = row["fees"] + row["slippage"] + row["funding"] + row["basis"]
            row["share"] = row["total"] / notional if notional else ""
        least = min((row["share"] for row in self.tables["Costs"] if row["share"] != ""), default=None)
        for row in self.tables["Costs"]:
            row["verdict"] = "cheapest" if row["share"] != "" and row["share"] == least else ""

    def _scenarios(self) -> None:
        cells, ready = self.cells, self["plan_ready"]
        notional = cells["plan_feasible_notional"]
        for row in self.tables["Scenarios"]:
            move = row["move"]
            self._result(row, move, move, ready=ready)
            row["after_costs"] = row["hedged"] - cells["plan_cost"] if ready else ""
            row["all_state"] = row["all_hedged"] = ""
            if ready:
                stop = self.all_price
                gone = not isinstance(stop, str) and self._beyond(move, stop / cells["plan_entry_price"] - 1)
                row["all_state"] = "liquidated" if gone else "open"
                hedge = -self.all_equity if gone else -notional * move
                row["all_hedged"] = row["unhedged"] + hedge - cells["plan_other_notional"] * move
        for row in self.tables["Divergence"]:
            self._result(row, row["portfolio_move"], row["hedge_move"], ready=ready)
        for row in self.tables["Leverage"]:
            row.update(dict.fromkeys(("distance", "price", "margin", "verdict"), ""))
            row["enough"] = int(1 / row["leverage"] > (cells["plan_maintenance_rate"] or 0))
            if ready and row["enough"]:
                rule, fee = cells["plan_liquidation_formula"], cells["plan_closing_fee"]
                terms = {"kind": cells["plan_kind"], "formula": rule, "fee": fee}
                entry, rate = cells["plan_entry_price"], cells["plan_maintenance_rate"]
                stop = liquidation(entry, row["leverage"], rate, **terms)
                row["distance"] = stop if isinstance(stop, str) else abs(stop / entry - 1)
                if not isinstance(stop, str):
                    row["price"] = stop
                    row["margin"] = abs(notional) / row["leverage"]
                    near = row["distance"] < cells["plan_reference_move"]
                    row["verdict"] = "too near" if near else "survives"

    def _beyond(self, move: float, stop: Any) -> bool:
        """Whether a move reaches the one that liquidates, upwards for a short."""
        return not isinstance(stop, str) and self["plan_after_contracts"] * (move - stop) >= 0

    def _result(self, row: Row, move: float, hedge_move: float, *, ready: bool) -> None:
        spot = self.moving * move
        row.update(dict.fromkeys(("unhedged", "hedge", "hedged", "offset", "state"), ""))
        if ready:
            gone = self._beyond(hedge_move, self["plan_liquidation_move"])
            hedge = -self.equity if gone else -self["plan_feasible_notional"] * hedge_move
            hedge -= self["plan_other_notional"] * hedge_move
            row.update({"unhedged": spot, "hedge": hedge, "hedged": spot + hedge})
            row["state"] = "liquidated" if gone else "open"
            row["offset"] = -hedge / spot if spot else ""

    def _compare(self) -> None:
        cells = self.cells
        held = [row for row in self.tables["Holdings"] if row["asset"]]
        for row in self.tables["Betas"]:
            row["value"] = math.fsum(
                own["value"] for own in held if own["asset"] == row["asset"] and own["value"] != "?"
            )
            row["beta_value"] = row["value"] * (row["beta"] or 0)
        values = [row["value"] for row in self.tables["Betas"]]
        cells["corr_value"] = total = math.fsum(values)
        cells["corr_ready"] = ready = bool(cells["plan_ready"] and cells["hedge_col"] and total > 0)
        ratio = cells["plan_ratio"]
        for index, day in enumerate(self.tables["Prices"]):
            parts = [(day[name] or 0) * cells[f"held_{name}"] for name in ASSETS]
            day["portfolio"] = math.fsum(parts) if index < cells["corr_days"] else ""
        one = ratio * math.fsum(row["beta_value"] for row in self.tables["Betas"]) if ready else 0
        cells["one_notional"], cells["many_notional"] = one, ratio * total if ready else 0
        cells["many_shorts"] = sum(value > 0 for value in values)
        cells["one_effectiveness"] = cells["many_effectiveness"] = ""
        if ready:
            own = returns(tuple(day["portfolio"] for day in self.tables["Prices"] if day["date"]))
            hedge = returns(self.series[cells["plan_instrument"].lower()])
            left = [mine - one / total * short for mine, short in zip(own, hedge, strict=True)]
            cells["one_effectiveness"] = 1 - statistics.variance(left) / statistics.variance(own)
            cells["many_effectiveness"] = 1 - (1 - ratio) ** 2
        ways = (("one", 1), ("many", cells["many_shorts"]))
        for (way, shorts), row in zip(ways, self.tables["Ways"], strict=True):
            row["shorts"], row["notional"] = shorts, cells[f"{way}_notional"]
            row["margin"] = row["notional"] / cells["plan_leverage"] if ready else ""
            row["fees"] = 2 * row["notional"] * cells["plan_fee_rate"] if ready else ""
            row["effectiveness"] = cells[f"{way}_effectiveness"]

    @staticmethod
    def _closes() -> list[Row]:
        """The closes around the crashes, as the file of episodes has them."""
        with (ROOT / "udfs" / "episodes.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _backtest(self) -> None:
        """The plan over its own history, kept as a ledger of cash."""
        cells = self.cells
        days = [row for row in self.tables["Prices"] if row["date"]]
        held = [row["asset"].lower() for row in self.tables["Betas"] if row["value"] > 0]
        priced = {name: sum(day[name] is not None for day in days) for name in ASSETS}
        hedge = cells["plan_instrument"].lower()
        gaps = [name for name in held if priced[name] < len(days)]
        cells["back_gaps"] = len(gaps) + (priced.get(hedge, 0) < len(days))
        sound = all(self.needs.get(name) is True for name in ("inputs", "figures", "margin"))
        limit: Any = 0
        if sound:
            terms = {"kind": cells["plan_kind"], "formula": cells["plan_liquidation_formula"]}
            fee = cells["plan_closing_fee"]
            leverage, rate = cells["plan_leverage"], cells["plan_maintenance_rate"]
            stop = liquidation(1, leverage, rate, fee=fee, **terms)
            limit = stop if isinstance(stop, str) else stop - 1
        cells["back_limit"] = limit
        possible = sound and cells["plan_contract_row"] and cells["hedge_col"] and cells["corr_value"]
        every = int(cells["back_every"])
        possible = possible and not cells["back_gaps"] and len(days) > 2 * every and limit != 0
        cells["back_ready"] = bool(possible)
        beta_share = sum(row["beta_value"] for row in self.tables["Betas"])
        share = beta_share / cells["corr_value"] if possible and cells["plan_method"] == "beta" else 1
        backtest_oracle.fill(
            cells,
            self.tables,
            backtest_oracle.Terms(
                every=every,
                share=cells["plan_ratio"] * share if possible else 0,
                limit=None if isinstance(limit, str) else limit,
                leverage=cells["plan_leverage"],
                cost=cells["plan_fee_rate"] + (cells["costs_slippage_bps"] or 0) / 10_000,
            )
            if possible
            else None,
        )

    def _roll(self) -> None:
        cells = self.cells
        symbols = [row["symbol"] for row in self.tables["Market"]]
        for row in self.tables["Rolls"]:
            quote = self.market.get(row["symbol"], {}) if row["symbol"] else {}
            row["market_row"] = self._row(symbols, row["symbol"]) if row["symbol"] else 0
            own = cells["plan_quantity"] or 0 if row["symbol"] == cells["plan_instrument"] else 0
            row["short"] = own if row["own_short"] is None else row["own_short"]
            row["spot"], row["near"] = quote.get("usable") or 0, quote.get("dated_price") or 0
            row["expiry"] = quote.get("expiry") or 0
            known = row["spot"] and row["near"]
            row["days"] = max(0, row["expiry"] - self.today) if known else 0
            row.update(dict.fromkeys(("basis", "annual", "state", "carry", "roll_cost", "advice"), ""))
            if known:
                row["basis"] = gap = row["near"] - row["spot"]
                row["annual"] = gap / row["spot"] * 365 / row["days"] if row["days"] else ""
                flat = abs(gap / row["spot"]) <= cells["roll_tolerance"]
                row["state"] = "flat" if flat else "contango" if gap > 0 else "backwardation"
                row["carry"] = -row["short"] * gap
                soon = "roll" if row["expiry"] - self.today <= cells["roll_days"] else "hold"
                row["advice"] = "expired" if row["expiry"] <= self.today else soon
            if known and row["far"] is not None:
                swap = -row["short"] * (row["far"] - row["near"])
                row["roll_cost"] = swap + cells["plan_taker_fee"] * abs(row["short"]) * (
                    row["near"] + row["far"]
                )

    def _journal(self) -> None:
        """Each hedge from its opening to its close, and what of it the plan counts as open."""
        cells = self.cells
        rules = {row["key"]: row for row in self.tables["Contracts"] if row["key"]}
        own_expiry = cells["plan_expiry"] if self.is_future else 0
        own = (cells["plan_venue"], cells["plan_instrument"], cells["plan_kind"], own_expiry)
        for row in self.tables["Journal"]:
            used = bool(row["symbol"] or row["contracts"] is not None or row["entry"] is not None)
            row.update(dict.fromkeys(JOURNALLED, ""))
            row["net_result"] = "?" if used else ""
            quote = self.market.get(row["symbol"], {})
            expiry = row["expiry"] or 0
            dated = expiry and (quote.get("expiry") or 0) == expiry
            row["mark"] = mark = quote.get("dated_price" if dated else "perpetual", 0)
            row |= {
                "is_used": used,
                "is_known": used and self._is_known(row, mark),
                "is_over": False,
                "taken": 0.0,
            }
            row |= {"is_lost": False, "live": 0.0, "position": (), "open": 0.0, "held": 0.0}
            if not row["is_known"]:
                continue
            row["facts"] = rules.get(f"{row['venue']} {row['symbol']} {row['kind']}", {})
            size, kind, entry = row["contract_size"], row["kind"], row["entry"]
            value = worth(row["contracts"], entry, size, kind)
            row["margin"] = abs(value) / row["leverage"] if row["posted"] is None else row["posted"]
            rate, formula = cells["plan_maintenance_rate"], rule_on(row["venue"], kind, row["opened"])
            terms = {"kind": kind, "formula": formula, "size": size}
            row["liquidation"] = pooled(row["contracts"], entry, row["margin"], rate, **terms)
            row["is_shut"] = bool(row["closed"] and row["closed"] <= self.today)
            row["live"] = 0.0 if row["is_shut"] else row["contracts"]
            row["position"] = (row["venue"], row["symbol"], kind, expiry)
            row["taken"] = value
        for row in self.tables["Journal"]:
            if row["is_known"]:
                self._netted(row, own)
        for row in self.tables["Journal"]:
            if row["is_known"]:
                self._settled(row)
        mine = [row for row in self.tables["Journal"] if row["is_known"] and row["position"] == own]
        cells["plan_open_contracts"] = float(sum(exact(row["open"]) for row in mine))
        self.open_margin = math.fsum(row["held"] for row in mine)
        weigh = [(row["contracts"], row["entry"]) for row in mine if row["open"] and row["is_opening"]]
        linear = cells["plan_kind"] == "linear"
        total = math.fsum(quantity for quantity, _ in weigh)
        weight = math.fsum(quantity * entry if linear else quantity / entry for quantity, entry in weigh)
        self.open_entry = (weight / total if linear else total / weight) if total and weight else 0
        others = [row for row in self.tables["Journal"] if row["open"] and row["position"] != own]
        is_beta = cells["plan_method"] == "beta"
        cells["plan_other_notional"] = math.fsum(
            worth(row["open"], row["mark"], row["contract_size"], row["kind"])
            * ((self.betas.get(row["symbol"], 1) or 1) if is_beta else 1)
            for row in others
        )
        self.lost = any(row["is_lost"] for row in self.tables["Journal"])
        rows = self.tables["Journal"]
        cells["journal_unknown"] = sum(row["is_used"] and not row["is_known"] for row in rows)
        cells["journal_margin"] = cells["plan_margin_used"] = math.fsum(row["held"] for row in rows)
        for name, column in (("result", "result"), ("funding", "funding"), ("net", "net_result")):
            found = [row[column] for row in rows if row["is_used"]]
            is_sure = not any(isinstance(value, str) for value in found)
            cells[f"journal_{name}"] = math.fsum(found) if is_sure else "?"

    def _is_known(self, row: Row, mark: float) -> bool:
        """Whether a row says all that its state rests on."""
        rest = (row["entry"], row["contracts"], row["contract_size"], row["opened"], row["kind"])
        if not all((*rest, row["venue"], row["leverage"] or row["posted"])):
            return False
        value = abs(worth(row["contracts"], row["entry"], row["contract_size"], row["kind"]))
        margin = value / row["leverage"] if row["posted"] is None else row["posted"]
        fits = margin > (self["plan_maintenance_rate"] or 0) * value
        return bool(fits and row["opened"] < self.today + 1 and (row["closed"] or mark))

    def _netted(self, row: Row, own: tuple[Any, ...]) -> None:
        """What is open of the row: less what other rows of its position close, nothing once it is lost."""
        same = [other for other in self.tables["Journal"] if other["position"] == row["position"]]
        net = float(sum(exact(other["live"]) for other in same))
        row["is_opening"] = opening = row["live"] * net > 0
        row["is_over"] = not opening
        mark, stop = row["mark"], row["liquidation"]
        if opening and not isinstance(stop, str):
            row["room"] = stop / mark - 1
            up = row["live"] > 0
            past = [
                other["mark"]
                for other in self.tables["FundingHistory"]
                if other["symbol"] == row["symbol"] and (other["time"] or 0) >= row["opened"]
            ]
            row["is_lost"] = any(price >= stop if up else price <= stop for price in (mark, *past) if price)
        ended = bool(row["expiry"] and row["expiry"] <= self.today)
        if net and row["live"] and not row["is_lost"] and not ended:
            row["open"] = row["live"]
        if opening and row["open"]:
            gross = math.fsum(other["live"] for other in same if other["live"] * net > 0)
            row["held"] = row["margin"] * net / gross
        row["is_own"] = row["position"] == own

    def _settled(self, row: Row) -> None:
        """Result, fees and funding of a row."""
        price = row["exit_price"] or 0 if row["is_shut"] else row["mark"]
        if row["is_lost"]:
            row["result"] = -row["margin"]
        elif price:
            row["result"] = -row["taken"] * (price / row["entry"] - 1)
        fills = 2 if row["is_shut"] else 1
        fee = row["facts"].get("taker_fee")
        fees = "?" if fee is None else fills * abs(row["taken"]) * fee
        row["fees"] = fees if row["fees_paid"] is None else row["fees_paid"]
        quote = self.market.get(row["symbol"], {})
        until = row["closed"] if row["is_shut"] else max(row["opened"], quote.get("as_of") or 0)
        if row["expiry"]:
            row["funding"] = 0
        else:
            self._funded(row, quote, until)
        if row["result"] != "" and row["fees"] != "?":
            row["net_result"] = row["result"] - row["fees"] - (row["funding"] or 0)

    def _funded(self, row: Row, quote: Row, until: float) -> None:
        """Funding by the history if it reaches from the opening to the end, else at today's rate."""
        history = [other for other in self.tables["FundingHistory"] if other["symbol"] == row["symbol"]]
        inside = [other for other in history if row["opened"] < (other["time"] or 0) <= until]
        early = any(other["time"] and other["time"] <= row["opened"] + 1 for other in history)
        late = any((other["time"] or 0) >= until - 1 for other in history)
        rate, interval = quote.get("funding_rate"), quote.get("funding_interval") or 0
        row["funding_by"] = "unknown"
        quantity = row["contracts"] * row["contract_size"]
        if inside and early and late:
            row["funding_by"] = "history"
            sums = math.fsum(
                other["rate"] if row["kind"] == "inverse" else other["payment"] or 0 for other in inside
            )
            row["funding"] = -sums * quantity
        elif not row["is_over"] and rate is not None and interval >= 1:
            row["funding_by"] = "estimate"
            each = interval / 24
            settled = math.floor(max(row["opened"], until) / each) - math.floor(row["opened"] / each)
            notional = worth(row["contracts"], row["mark"], row["contract_size"], row["kind"])
            row["funding"] = -notional * rate * settled

    def _states(self) -> None:
        """The state of each hedge, the first that holds, once it is known what the plan trades."""
        cells = self.cells
        adjusts = bool(cells["plan_ready"] and cells["plan_trade_contracts"] and cells["plan_open_contracts"])
        for row in self.tables["Journal"]:
            row["status"] = self._state(row, adjusts=adjusts) if row["is_used"] else ""
        counted = [row["status"] for row in self.tables["Journal"] if row["status"]]
        cells["journal_open"] = sum(status != "closed" for status in counted)
        cells["journal_waiting"] = cells["journal_open"] - counted.count("hold")

    def _state(self, row: Row, *, adjusts: bool) -> str:
        if not row["is_known"]:
            return "unknown"
        if row["is_over"]:
            return "closed"
        up = row["contracts"] > 0
        mark, left = row["mark"], (row["expiry"] - self.today if row["expiry"] else None)
        stop, target, review = row["stop"], row["target"], row["review"]
        if None not in (row["exposure"], row["ratio"]):
            notional = worth(row["contracts"], mark, row["contract_size"], row["kind"])
            off = row["exposure"] * row["ratio"] - notional
            row["adjustment"] = 0 if abs(off) <= self["journal_band"] * row["exposure"] else off
        found = {
            "liquidated": row["is_lost"],
            "near liquidation": row["room"] != "" and abs(row["room"]) < self["limit_liquidation_near"],
            "stop": bool(stop) and (mark >= stop if up else mark <= stop),
            "expired": left is not None and left <= 0,
            "roll": left is not None and left <= self["roll_days"],
            "target reached": bool(target) and (mark <= target if up else mark >= target),
            "review": bool(review) and review <= self.today,
            "adjust": (row["is_own"] and adjusts) or bool(row["adjustment"]),
        }
        return next((word for word, holds in found.items() if holds), "hold")

    def _judge(self) -> None:
        """An untouched book passes every check; the warnings follow from the figures."""
        cells, ready = self.cells, self["plan_ready"]
        checks: dict[str, Any] = dict.fromkeys(("weights", "symbols", "figures", "results"), True)
        checks["costs"] = (True if cells["costs_fees"] != "?" else "unknown") if ready else ""
        checks |= dict.fromkeys(("margin", "scenarios"), True if ready else "")
        fresh, most = cells["plan_facts_fresh"], cells["plan_maximum_leverage"]
        granted = cells["plan_leverage"] <= most if fresh and most else "unknown"
        least = not self.is_small if fresh and cells["plan_minimum_notional"] else "unknown"
        checks |= {"leverage": granted if ready else "", "minimum": least if ready else ""}
        cells |= {f"check_{name}": value for name, value in checks.items()}
        values = list(checks.values())
        cells["checks_unknown"] = values.count("unknown")
        cells["checks_ok"] = False not in values
        warned: dict[str, Any] = dict.fromkeys(
            ("contract", "overhedge", "leverage", "liquidation", "tier", "margin", "funding", "stale"), ""
        )
        warned |= dict.fromkeys(("facts", "rolls"), "")
        if ready:
            move, tiers = cells["plan_liquidation_move"], cells["plan_tier_rate"]
            most = min(1, cells["plan_ratio"] * (1 + cells["limit_gap"]))
            above = round(cells["plan_coverage"], 3) > round(most, 3)
            near = not isinstance(move, str) and abs(move) < cells["plan_reference_move"]
            paid = cells["costs_funding"] if cells["plan_funding_known"] else None
            warned = {
                "contract": self.lot_multiple > 1,
                "overhedge": above,
                "leverage": cells["plan_leverage"] > cells["limit_leverage"],
                "liquidation": near,
                "tier": "unknown" if isinstance(tiers, str) else tiers > cells["plan_maintenance_rate"],
                "margin": cells["plan_cushion"] < 0,
                "funding": "unknown" if paid is None else paid > 0,
                "stale": cells["plan_price_age"] > cells["limit_price_age"]
                if cells["plan_dates_known"]
                else "unknown",
                "facts": False if fresh else "unknown",
                "rolls": self.rolls > 0,
            }
        warned["review"] = cells["journal_waiting"] > 0
        cells |= {f"warn_{name}": value for name, value in warned.items()}
        cells["warnings_count"] = sum(value is True for value in warned.values())
        missing = cells["needs_missing"] + max(0, cells["holdings_unknown"] - 1)
        unknown = list(warned.values()).count("unknown")
        cells["plan_unknown"] = missing + cells["checks_unknown"] + unknown

    def _words(self) -> None:
        cells = self.cells
        ready, trade = cells["plan_ready"], cells["plan_trade_contracts"]
        cells["plan_state"] = ("ready" if trade else "nothing to do") if ready else "incomplete"
        passed = "All checks pass" if not cells["plan_unknown"] else "No check fails"
        cells["head_checks"] = passed if cells["checks_ok"] else "■ A check fails"
        count, unknown = cells["warnings_count"], cells["plan_unknown"]
        cells["head_warnings"] = f"▲ {count} warning{'' if count == 1 else 's'}" if count else "no warning"
        cells["head_unknown"] = f"? {unknown} unknown" if unknown else "nothing unknown"
        self._findings()
        cells |= dict(self._said())

    def _findings(self) -> None:
        """What is not good, the worst first: which rules, and the word for each state."""
        cells = self.cells
        found = [(1, "? missing") for name, good in self.needs.items() if not good]
        checks = [cells[name] for name in cells if name.startswith("check_") and name != "check_tolerance"]
        found += [(0, "■ wrong") for value in checks if value is False]
        found += [(1, "? unknown") for value in checks if value == "unknown"]
        warned = [cells[name] for name in cells if name.startswith("warn_")]
        found += [(1, "? unknown") for value in warned if value == "unknown"]
        found += [(2, "▲ warning") for value in warned if value is True]
        words = [word for _, word in sorted(found, key=lambda pair: pair[0])]
        for at in range(1, 8):
            cells[f"state_{at}"] = words[at - 1] if at <= len(words) else ""

    def _said(self) -> Iterator[tuple[str, str | float]]:
        cells = self.cells
        ready, trade = cells["plan_ready"], cells["plan_trade_contracts"] or 0
        tick, quote = decimals_of(cells["plan_tick"]), self.quote
        if not ready:
            yield from ((f"fact_{name}", "-") for name in ("size", "limit", "margin", "liquidation", "cost"))
            return
        stop, now, aim = cells["plan_liquidation_price"], cells["plan_coverage_now"], cells["plan_ratio"]
        amount = f"{fixed(abs(trade), decimals_of(cells['plan_lot']))} contracts"
        step = decimals_of(cells["plan_lot_value"] / cells["plan_entry_price"])
        limit = fixed(cells["plan_limit_price"], tick)
        yield "fact_size", amount if trade else "-"
        yield "fact_limit", limit if trade else "-"
        posted = f"{fixed(cells['plan_margin_trade'])} {quote}"
        if cells["plan_kind"] == "inverse":
            coins = fixed(cells["plan_margin_trade"] / cells["plan_entry_price"], step + 2)
            posted = f"{coins} {cells['plan_instrument']}, {posted}"
        yield "fact_margin", posted if trade else "-"
        yield "fact_liquidation", "-" if isinstance(stop, str) else fixed(stop, tick)
        more = "" if cells["plan_funding_known"] and self.fees_known else " + ?"
        yield "fact_cost", f"{fixed(cells['plan_cost'])} {quote}{more}"
        worth_of = abs(cells["plan_trade_notional"]) / cells["plan_entry_price"]
        bundle = "" if cells["plan_contract_size"] == 1 else f" ({amount})"
        verb = "Buy back" if trade < 0 else "Sell"
        order = f"{verb} {fixed(worth_of, step)} {cells['plan_instrument']}{bundle}"
        is_old = cells["plan_dates_known"] and cells["plan_price_age"] > cells["limit_price_age"]
        old = f", at prices {fixed(cells['plan_price_age'], 0)} days old" if is_old else ""
        inside = f"{percent(now)}% is within {percent(cells['journal_band'])}% of {percent(aim)}%"
        one = f"one lot is worth {fixed(cells['plan_lot_value'])}, the wanted hedge is "
        lot = one + fixed(cells["plan_wanted_notional"])
        small = f"the order is below the minimum of {fixed(cells['plan_minimum_notional'])}"
        rest = small if self.is_small else "the hedge is where it should be"
        rest = rest if cells["plan_target_contracts"] or self.is_small else lot
        nothing = inside if self.inside else rest
        yield "say_order", f"{order} at {limit} or better{old}" if trade else f"Nothing to trade: {nothing}"
        terms = f"{cells['plan_venue']}, {plain(cells['plan_leverage'])}x isolated. "
        contract = f"{cells['plan_instrument']} {cells['plan_contract']} on {terms}"
        opened, after = cells["plan_open_contracts"], cells["plan_coverage"]
        side = "long" if opened < 0 else "short"
        takes = "only reduces" if cells["plan_reduce_only"] == "yes" else "turns"
        adds = f"adds to the {side} that is open" if trade * opened >= 0 else f"{takes} the {side}"
        does = "opens the hedge" if not opened else adds
        effect = f"It {does} and brings the coverage from {percent(now)}% to {percent(after)}%."
        carry = f"The hedge covers {percent(after)}%; you carry {percent(1 - after)}% of the risk."
        carry = "The hedge is larger than what you hold." if after > 1 else carry
        yield "say_position", contract + (effect if trade else carry)


def worked_out(chosen: ExampleBook) -> Oracle:
    """The oracle on the inputs of an example, blanks and defaults filled in from the record."""
    inputs = {name: chosen.fields.get(name, field.default) for name, field in PLAN.inputs.items()}
    tables: dict[str, Rows] = {}
    for name, table in PLAN.tables.items():
        given = [column.name for column in table.columns if column.formula is None]
        rows: Rows = [dict.fromkeys(given) for _ in range(table.rows)]
        for row, values in zip(rows, chosen.tables.get(name, ()), strict=False):
            row.update(zip(given, values, strict=False))
        tables[name] = rows
    return Oracle(inputs, tables, serial(chosen.as_of))
