"""What a plan book must say, worked out in plain Python from its inputs: neither engine nor udfs.

Each formula is written a second time, from the specification and the venues' pages. A blank cell is
"" here, as a formula that shows nothing holds it.
"""

import csv
import datetime as dt
import itertools
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from conftest import ROOT

Row = dict[str, Any]
Rows = list[Row]
ASSETS = ("btc", "eth", "sol", "ada", "bnb")


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


def tier(venue: str, symbol: str, notional: float) -> float | str:
    """Maintenance rate of the leverage tier, read from the table of tiers itself."""
    with (ROOT / "udfs" / "tiers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            inside = float(row["minimum_notional"]) <= notional < float(row["maximum_notional"])
            if (row["venue"], row["symbol"]) == (venue, symbol) and inside:
                return float(row["maintenance_rate"])
    return "unknown"


def returns(prices: Sequence[float]) -> list[float]:
    """Simple returns."""
    return [later / earlier - 1 for earlier, later in itertools.pairwise(prices)]


def beta(asset: Sequence[float], hedge: Sequence[float]) -> float:
    """Slope of the asset's returns on the hedge's."""
    slope: float = statistics.linear_regression(returns(hedge), returns(asset)).slope
    return slope


class Oracle:
    """The named cells and the tables' columns that follow from the inputs of a book."""

    def __init__(self, inputs: Mapping[str, Any], tables: Mapping[str, Rows], today: float) -> None:
        self.cells: dict[str, Any] = dict(inputs)
        self.tables = tables
        self.today = inputs["plan_as_of"] or today
        self.market = {row["symbol"]: row for row in reversed(tables["Market"]) if row["symbol"]}
        self._facts()
        self._correlation()
        self._holdings()
        self._plan()
        self._costs()
        self._scenarios()
        self._compare()
        self._roll()
        self._journal()
        self._judge()
        self._words()

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]

    def _facts(self) -> None:
        cells = self.cells
        for row in self.tables["Contracts"]:
            row["key"] = f"{row['venue']} {row['asset']} {row['kind']}" if row["venue"] else ""
        for row in self.tables["Market"]:
            twice = sum(other["symbol"] == row["symbol"] for other in self.tables["Market"]) > 1
            known = "ok" if (row["spot"] or 0) > 0 else "no price"
            row["state"] = "" if not row["symbol"] else "twice" if twice else known
        symbols = [row["symbol"] for row in self.tables["Market"]]
        cells["plan_market_row"] = self._row(symbols, cells["plan_instrument"])
        key = f"{cells['plan_venue']} {cells['plan_instrument']} {cells['plan_kind']}"
        cells["plan_contract_row"] = self._row([row["key"] for row in self.tables["Contracts"]], key)
        quote = self.market.get(cells["plan_instrument"], {})
        contract = (
            self.tables["Contracts"][cells["plan_contract_row"] - 1] if cells["plan_contract_row"] else {}
        )
        cells["plan_spot_price"] = quote.get("spot") or 0
        cells["plan_mark_price"] = quote.get("mark") or cells["plan_spot_price"]
        cells["plan_future_price"] = quote.get("future") or 0
        cells["plan_expiry"] = quote.get("expiry") or 0
        cells["plan_price_day"] = quote.get("as_of") or 0
        is_future = cells["plan_contract"] == "future"
        cells["plan_entry_price"] = cells["plan_future_price" if is_future else "plan_mark_price"]
        cells["plan_funding_rate"] = 0 if is_future else quote.get("funding_rate") or 0
        cells["plan_funding_interval"] = max(1, quote.get("funding_interval") or 0)
        for name in ("contract_size", "lot", "tick", "taker_fee", "maker_fee", "maximum_leverage"):
            cells[f"plan_{name}"] = contract.get(name) or 0
        cells["plan_minimum_notional"] = contract.get("minimum_notional") or 0
        cells["plan_symbol"] = contract.get("symbol", "")
        cells["plan_liquidation_formula"] = contract.get("liquidation") or "cautious"
        held = cells["plan_liquidation_formula"] in ("cautious", "mark+fee")
        cells["plan_closing_fee"] = cells["plan_taker_fee"] if held else 0
        order = "maker" if cells["costs_order"] == "maker" else "taker"
        cells["plan_fee_rate"] = cells[f"plan_{order}_fee"]
        cells["plan_today"] = self.today
        dates = [row["as_of"] for row in self.tables["Market"] if row["as_of"]]
        cells["plan_price_age"] = self.today - min(dates) if dates else 0
        cells["plan_facts_day"] = day = contract.get("as_of") or 0
        cells["plan_facts_age"] = self.today - day if day else 0
        cells["one_percent"] = 0.01

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
        self.series = {name: [day[name] for day in days] for name in ASSETS}
        hedge = self.series.get(cells["plan_instrument"].lower(), [])
        for row in self.tables["Betas"]:
            name = row["asset"].lower()
            own = self.series[name]
            row["price_column"] = self._row(heads, row["asset"])
            row["days"] = len(own)
            logs = [math.log(later / earlier) for earlier, later in itertools.pairwise(own)]
            row["volatility"] = statistics.stdev(logs) * math.sqrt(365)
            row["beta"] = beta(own, hedge) if hedge else ""
            row["correlation"] = statistics.correlation(returns(own), returns(hedge)) if hedge else ""
            row["effectiveness"] = row["correlation"] ** 2 if hedge else ""
        self.betas = {row["asset"]: row["beta"] for row in self.tables["Betas"]}
        window, steps = cells["corr_window"], len(self.tables["RollingBeta"]) - 1
        chosen = self.series[cells["corr_asset"].lower()]
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
        for row in rows:
            asset = row["asset"]
            row["price"] = (self.market[asset]["spot"] or 0) if asset else ""
            row["value"] = (row["quantity"] or 0) * row["price"] if asset else ""
            row["measured"] = self.betas.get(asset, "") if asset else ""
            own, measured = row["own_beta"], row["measured"]
            row["beta"] = (own if own is not None else measured if measured != "" else 1) if asset else ""
            row["beta_value"] = row["value"] * row["beta"] if asset else ""
        held = [row for row in rows if row["asset"]]
        cells["holdings_value"] = total = math.fsum(row["value"] for row in held)
        cells["holdings_beta_value"] = math.fsum(row["beta_value"] for row in held)
        cells["holdings_assets"] = cells["holdings_valued"] = len(held)
        for row in rows:
            row["weight"] = (row["value"] / total if total else 0) if row["asset"] else ""
        for name in ASSETS:
            cells[f"held_{name}"] = math.fsum(
                row["quantity"] or 0 for row in held if row["asset"] == name.upper()
            )

    def _plan(self) -> None:
        cells = self.cells
        cells["plan_exposure"] = exposure = cells["holdings_value"]
        is_beta = cells["plan_method"] == "beta"
        cells["plan_hedged_value"] = base = cells["holdings_beta_value"] if is_beta else exposure
        settings: tuple[str, ...] = (
            "instrument",
            "contract",
            "kind",
            "venue",
            "method",
            "ratio",
            "leverage",
            "capital",
        )
        settings += ("horizon", "rounding", "offset", "maintenance_rate", "reference_move")
        self.filled = all(cells[f"plan_{name}"] is not None for name in settings)
        facts = ("entry_price", "spot_price", "lot", "contract_size", "tick")
        cells["plan_ready"] = ready = bool(
            self.filled and exposure and all(cells[f"plan_{name}"] > 0 for name in facts)
        )
        cells["plan_side"] = "long" if exposure < 0 else "short"
        results: tuple[str, ...] = (
            "wanted_notional",
            "feasible_notional",
            "contracts",
            "quantity",
            "coverage",
            "rounding_gap",
        )
        results += ("margin", "cushion", "liquidation_price", "liquidation_move", "safe_leverage")
        results += ("tier_rate", "breakeven_move", "limit_price", "stop_price", "lot_value", "order")
        cells |= {f"plan_{name}": "" for name in results}
        cells["plan_size"] = cells["plan_lot_multiple"] = 0
        if not ready:
            return
        price, kind, leverage = cells["plan_entry_price"], cells["plan_kind"], cells["plan_leverage"]
        size, lot = cells["plan_contract_size"], cells["plan_lot"]
        cells["plan_wanted_notional"] = wanted = base * cells["plan_ratio"]
        contracts = lots(wanted, price, size, lot, cells["plan_rounding"], kind)
        cells["plan_contracts"], cells["plan_size"] = contracts, abs(contracts)
        cells["plan_feasible_notional"] = feasible = worth(contracts, price, size, kind)
        cells["plan_quantity"] = feasible / price
        cells["plan_coverage"] = feasible / base
        cells["plan_rounding_gap"] = (feasible - wanted) / wanted
        cells["plan_margin"] = abs(feasible) / leverage
        cells["plan_cushion"] = cells["plan_capital"] - cells["plan_margin"]
        rule = cells["plan_liquidation_formula"]
        terms = {"kind": kind, "formula": rule, "fee": cells["plan_closing_fee"]}
        rate = cells["plan_maintenance_rate"]
        cells["plan_liquidation_price"] = stop = liquidation(price, leverage, rate, **terms)
        cells["plan_liquidation_move"] = stop if isinstance(stop, str) else stop / price - 1
        cells["plan_safe_leverage"] = highest_leverage(cells["plan_reference_move"], rate, **terms)
        cells["plan_order"] = "Sell to open"
        tick = exact(cells["plan_tick"])
        away = exact(price) * (1 + exact(cells["plan_offset"]) / 10_000)
        cells["plan_limit_price"] = float((away / tick).to_integral_value(ROUND_CEILING) * tick)
        if cells["plan_max_loss"]:
            cells["plan_stop_price"] = price + cells["plan_max_loss"] / cells["plan_quantity"]
        cells["plan_lot_value"] = worth(lot, price, size, kind)
        cells["plan_lot_multiple"] = cells["plan_lot_value"] / abs(wanted)
        cells["plan_tier_rate"] = (
            tier(cells["plan_venue"], cells["plan_symbol"], abs(feasible)) if contracts else ""
        )

    def _costs(self) -> None:
        cells, ready = self.cells, self["plan_ready"]
        horizon, notional = cells["plan_horizon"], cells["plan_feasible_notional"]
        bps, rate = cells["costs_slippage_bps"] / 10_000, cells["plan_funding_rate"]
        cells["plan_periods"] = periods = horizon * 24 / cells["plan_funding_interval"] if ready else 0
        left = cells["plan_expiry"] - cells["plan_price_day"]
        share: float = min(1, horizon / left) if cells["plan_price_day"] > 0 and left > 0 else 0
        cells["plan_basis_share"] = share
        cells["plan_basis_cost"] = 0
        parts = ("costs_fees", "costs_slippage", "costs_funding", "costs_basis", "costs_total")
        cells |= dict.fromkeys(parts, "")
        if ready:
            if cells["plan_contract"] == "future":
                premium = cells["plan_entry_price"] / cells["plan_spot_price"] - 1
                cells["plan_basis_cost"] = -notional * premium * share
            cells["costs_fees"] = 2 * abs(notional) * cells["plan_fee_rate"]
            cells["costs_slippage"] = 2 * abs(notional) * bps
            cells["costs_funding"] = -notional * rate * periods
            cells["costs_basis"] = cells["plan_basis_cost"]
            cells["costs_total"] = math.fsum(cells[name] for name in parts[:4])
            cells["plan_breakeven_move"] = -cells["costs_total"] / notional if notional else ""
        cells["plan_cost"] = cells["costs_total"]
        cells["plan_breakeven_result"] = cells["plan_exposure"] * (cells["plan_breakeven_move"] or 0)
        cells["plan_active"] = ready and cells["plan_size"] > 0
        self._venues(bps, rate, periods, share)
        steps = len(self.tables["FundingPath"]) - 1
        for step, row in enumerate(self.tables["FundingPath"]):
            row["step"] = step
            row["day"] = horizon * step / steps if ready else ""
            settled = horizon * step / steps * 24 / cells["plan_funding_interval"]
            row["funding"] = -notional * rate * settled if ready else ""
            row["total"] = cells["costs_fees"] + cells["costs_slippage"] + row["funding"] if ready else ""

    def _venues(self, bps: float, rate: float, periods: float, share: float) -> None:
        cells, keys = self.cells, [row["key"] for row in self.tables["Contracts"]]
        premium: Any = (
            0 if not cells["plan_ready"] else cells["plan_entry_price"] / cells["plan_spot_price"] - 1
        )
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
            wanted, rounding = cells["plan_wanted_notional"], cells["plan_rounding"]
            row["contracts"] = lots(wanted, *terms, row["lot"], rounding, kind)
            row["notional"] = notional = worth(row["contracts"], *terms, kind)
            row["fees"] = 2 * abs(notional) * row["fee_rate"]
            row["slippage"] = 2 * abs(notional) * bps
            own = row["own_funding_rate"]
            row["funding"] = -notional * (rate if own is None else own) * periods
            row["basis"] = -notional * premium * share
            row["total"] = row["fees"] + row["slippage"] + row["funding"] + row["basis"]
            row["share"] = row["total"] / notional if notional else ""
        least = min((row["share"] for row in self.tables["Costs"] if row["share"] != ""), default=None)
        for row in self.tables["Costs"]:
            row["verdict"] = "cheapest" if row["share"] != "" and row["share"] == least else ""

    def _scenarios(self) -> None:
        cells, ready = self.cells, self["plan_ready"]
        exposure, notional = cells["plan_exposure"], cells["plan_feasible_notional"]
        nearest = cells["plan_liquidation_move"]
        for row in self.tables["Scenarios"]:
            move = row["move"]
            self._result(row, move, move, ready=ready)
            row["after_costs"] = row["hedged"] - cells["plan_cost"] if ready else ""
            reached = not isinstance(nearest, str) and move >= nearest
            row["state"] = ("liquidated" if reached else "open") if ready else ""
        for row in self.tables["Divergence"]:
            self._result(row, row["portfolio_move"], row["hedge_move"], ready=ready)
        for row in self.tables["Leverage"]:
            row.update(dict.fromkeys(("distance", "price", "margin", "verdict"), ""))
            if ready and exposure:
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

    def _result(self, row: Row, move: float, hedge_move: float, *, ready: bool) -> None:
        spot = self["plan_exposure"] * move
        row.update(dict.fromkeys(("unhedged", "hedge", "hedged", "offset"), ""))
        if ready:
            hedge = -self["plan_feasible_notional"] * hedge_move
            row.update({"unhedged": spot, "hedge": hedge, "hedged": spot + hedge})
            row["offset"] = -hedge / spot if spot else ""

    def _compare(self) -> None:
        cells = self.cells
        held = [row for row in self.tables["Holdings"] if row["asset"]]
        for row in self.tables["Betas"]:
            row["value"] = math.fsum(own["value"] for own in held if own["asset"] == row["asset"])
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
            own = returns([day["portfolio"] for day in self.tables["Prices"] if day["date"]])
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

    def _roll(self) -> None:
        cells = self.cells
        symbols = [row["symbol"] for row in self.tables["Market"]]
        for row in self.tables["Rolls"]:
            quote = self.market.get(row["symbol"], {}) if row["symbol"] else {}
            row["market_row"] = self._row(symbols, row["symbol"]) if row["symbol"] else 0
            own = cells["plan_quantity"] or 0 if row["symbol"] == cells["plan_instrument"] else 0
            row["short"] = own if row["own_short"] is None else row["own_short"]
            row["spot"], row["near"] = quote.get("spot") or 0, quote.get("future") or 0
            row["expiry"] = quote.get("expiry") or 0
            known = row["spot"] and row["near"]
            row["days"] = max(0, row["expiry"] - (quote.get("as_of") or 0)) if known else 0
            row.update(dict.fromkeys(("basis", "annual", "state", "carry", "roll_cost", "advice"), ""))
            if known:
                row["basis"] = gap = row["near"] - row["spot"]
                row["annual"] = gap / row["spot"] * 365 / row["days"] if row["days"] else ""
                flat = abs(gap / row["spot"]) <= cells["roll_tolerance"]
                row["state"] = "flat" if flat else "contango" if gap > 0 else "backwardation"
                row["carry"] = -row["short"] * gap
                row["advice"] = "roll" if row["expiry"] - self.today <= cells["roll_days"] else "hold"
            if known and row["far"] is not None:
                swap = -row["short"] * (row["far"] - row["near"])
                row["roll_cost"] = swap + cells["plan_taker_fee"] * abs(row["short"]) * (
                    row["near"] + row["far"]
                )

    def _journal(self) -> None:
        cells = self.cells
        symbols = [row["symbol"] for row in self.tables["Market"]]
        worked: tuple[str, ...] = (
            "mark",
            "notional",
            "result",
            "rate",
            "interval",
            "price_day",
            "settlements",
            "funding",
        )
        worked += (
            "rule",
            "liquidation",
            "review_in",
            "expires_in",
            "stop_hit",
            "dated",
            "status",
            "adjustment",
        )
        for row in self.tables["Journal"]:
            row["market_row"] = self._row(symbols, row["symbol"]) if row["symbol"] else 0
            row.update(dict.fromkeys(worked, ""))
            if row["contracts"] is None or not row["market_row"]:
                continue
            quote = self.market[row["symbol"]]
            row["mark"] = mark = quote["mark"] or quote["spot"]
            terms = (row["contract_size"], row["kind"])
            row["notional"] = worth(row["contracts"], mark, *terms)
            row["result"] = -worth(row["contracts"], row["entry"], *terms) * (mark / row["entry"] - 1)
            row["rate"], row["interval"] = quote["funding_rate"] or 0, max(1, quote["funding_interval"] or 0)
            row["price_day"] = quote["as_of"] or 0
            last, each = max(row["opened"], row["price_day"]), row["interval"] / 24
            row["settlements"] = math.floor(last / each) - math.floor(row["opened"] / each)
            row["funding"] = 0 if row["expiry"] else -row["notional"] * row["rate"] * row["settlements"]
            rate = cells["plan_maintenance_rate"]
            row["rule"] = rule = rule_on(row["venue"], row["kind"], row["opened"])
            terms_of = {"kind": row["kind"], "formula": rule, "fee": 0}
            row["liquidation"] = liquidation(row["entry"], row["leverage"], rate, **terms_of)
            row["review_in"] = row["review"] - self.today if row["review"] else ""
            row["expires_in"] = row["expiry"] - self.today if row["expiry"] else ""
            row["stop_hit"] = bool(row["stop"] and mark >= row["stop"])
            left = row["expires_in"]
            soon = left != "" and left <= cells["roll_days"]
            row["dated"] = ("expired" if left <= 0 else "roll") if soon else ""
            waits = "review" if (row["review_in"] or 0) <= 0 else "hold"
            row["status"] = "stop" if row["stop_hit"] else row["dated"] or waits
            if row["exposure"] is not None:
                off = row["exposure"] * row["ratio"] - row["notional"]
                inside = abs(off) <= cells["journal_band"] * abs(row["exposure"])
                row["adjustment"] = 0 if inside else off
        opened = [row for row in self.tables["Journal"] if row["contracts"] is not None]
        cells["journal_open"], cells["journal_valued"] = len(opened), len(opened)
        cells["journal_result"] = math.fsum(row["result"] for row in opened)
        cells["journal_funding"] = math.fsum(row["funding"] for row in opened)
        cells["journal_waiting"] = sum(row["status"] != "hold" for row in opened)

    def _judge(self) -> None:
        """An untouched book passes every check; the warnings follow from the figures."""
        cells = self.cells
        for name in ("holdings", "weights", "symbols", "margin", "costs", "scenarios", "journal", "results"):
            cells[f"check_{name}"] = True
        cells["check_instrument"] = cells["plan_market_row"] > 0
        cells["check_contract"] = cells["plan_contract_row"] > 0
        cells["check_dates"] = not cells["plan_ready"] or cells["plan_price_day"] > 0
        most = cells["plan_maximum_leverage"]
        cells["check_leverage"] = not most or cells["plan_leverage"] <= most
        enough = abs(cells["plan_feasible_notional"] or 0) >= cells["plan_minimum_notional"]
        cells["check_minimum"] = not cells["plan_size"] or enough
        checks = [
            value for name, value in cells.items() if name.startswith("check_") and value in (True, False)
        ]
        cells["checks_ok"] = all(checks)
        move = cells["plan_liquidation_move"]
        warned = {
            "contract": cells["plan_lot_multiple"] > 1,
            "overhedge": (cells["plan_coverage"] or 0) > 1
            or (cells["plan_rounding_gap"] or 0) > cells["limit_gap"],
            "leverage": cells["plan_leverage"] > cells["limit_leverage"],
            "liquidation": cells["plan_active"]
            and not isinstance(move, str)
            and move < cells["plan_reference_move"],
            "tier": isinstance(cells["plan_tier_rate"], float)
            and cells["plan_tier_rate"] > cells["plan_maintenance_rate"],
            "margin": (cells["plan_cushion"] or 0) < 0,
            "funding": (cells["costs_funding"] or 0) > 0,
            "stale": cells["plan_price_age"] > cells["plan_horizon"],
            "facts": bool(cells["plan_contract_row"])
            and (not cells["plan_facts_day"] or cells["plan_facts_age"] > cells["limit_facts_age"]),
            "review": cells["journal_waiting"] > 0,
        }
        cells |= {f"warn_{name}": value for name, value in warned.items()}
        cells["warnings_count"] = sum(warned.values())

    def _words(self) -> None:
        cells = self.cells
        for name, said in self._said():
            cells[name] = said
        fine = {
            "contract": "The contract is small enough for this hedge",
            "overhedge": "The hedge is not larger than wanted",
            "leverage": "The leverage leaves room",
            "liquidation": "Liquidation is beyond the rise to survive",
            "tier": "The maintenance rate is not below the venue's",
            "margin": "The capital pays the margin",
            "funding": "Funding is not against you",
            "stale": "The prices are fresh",
            "facts": "The venue facts are fresh",
            "review": "No open hedge waits for you",
        }
        for name, good in fine.items():
            wrong = cells["word_near" if name == "liquidation" else f"word_{name}"]
            said = f"▲ {wrong}" if cells[f"warn_{name}"] else f"✓ {good}"
            cells[f"say_{name}"] = said if cells["plan_ready"] else ""

    def _said(self) -> Iterator[tuple[str, str | float]]:  # noqa: PLR0915  # a sentence a line
        cells = self.cells
        ready, active = cells["plan_ready"], cells["plan_active"]

        def number(name: str) -> float:
            value = cells[name]
            return 0 if isinstance(value, str) else value

        yield "word_price_decimals", (tick := decimals_of(cells["plan_tick"]))
        yield "word_lot_decimals", decimals_of(cells["plan_lot"])
        step = cells["plan_lot_value"] / cells["plan_entry_price"] if ready else 1
        yield "word_step", step
        yield "word_base_decimals", decimals_of(step)
        priced = cells["plan_entry_price"] * cells["plan_spot_price"] > 0
        facts = "facts of the contract on Venues" if priced else "prices of the hedge asset on Market"
        yield "word_error", "A cell is an error: see Checks"
        yield "word_missing_facts", f"the {facts}"
        held = f"the {facts}" if cells["plan_exposure"] else "what you hold on Holdings, its prices on Market"
        yield "word_missing", (missing := held if self.filled else "your plan on Plan")
        yield "word_incomplete", f"Fill in the yellow cells: {missing}"
        lot, wanted = number("plan_lot_value"), number("plan_wanted_notional")
        nothing = f"Nothing to trade: one lot is worth {fixed(lot)}, the wanted hedge is {fixed(wanted)}."
        yield "word_nothing", nothing if ready else ""
        amount = f" ({fixed(cells['plan_size'], decimals_of(cells['plan_lot']))} contracts)"
        yield "word_lots", (lots_said := "" if cells["plan_contract_size"] == 1 else amount)
        quantity = fixed(abs(number("plan_quantity")), decimals_of(step))
        order = f"Sell {quantity} {cells['plan_instrument']}{lots_said}"
        yield "word_order", order if active else ""
        margin = f", {plain(cells['plan_leverage'])}x isolated, margin {fixed(number('plan_margin'))}."
        yield "word_margin_terms", margin if active else ""
        limit = fixed(number("plan_limit_price"), tick)
        terms = f" at {limit} or better on {cells['plan_venue']}{margin}"
        yield "word_terms", terms if active else ""
        move, stop = cells["plan_liquidation_move"], cells["plan_liquidation_price"]
        distance = "" if isinstance(move, str) else f"{percent(abs(move))}%"
        yield "word_distance", distance
        yield "word_direction", f", {distance} above the entry; "
        yield "word_no_liquidation", (none := "No price liquidates this hedge; ")
        near = (
            none
            if isinstance(stop, str)
            else f"Liquidation at {fixed(stop, tick)}, {distance} above the entry; "
        )
        yield "word_liquidation", near
        cushion, capital = number("plan_cushion"), cells["plan_capital"] or 0
        short = f"the margin is {fixed(-cushion)} more than you have."
        kept = short if cushion < 0 else f"of {fixed(capital)} you keep {fixed(cushion)}."
        yield "word_cushion", kept
        reached, base = number("plan_coverage"), cells["plan_hedged_value"]
        covers = f"The hedge covers {percent(reached)}% of {fixed(base)}; "
        yield "word_coverage", covers
        rest = f"you still carry {percent(1 - reached)}% of the risk."
        carried = "it is larger than what you hold." if reached > 1 else rest
        yield "word_carried", carried
        cost, even = number("plan_cost"), number("plan_breakeven_move")
        verb = "costs" if cost > 0 else "earns"
        costs = f"Over {plain(cells['plan_horizon'])} days it {verb} {fixed(abs(cost))}; "
        yield "word_cost", costs
        before = "it has paid for itself once the price falls by "
        until = before if even < 0 else "it stays ahead until the price rises by "
        yield "word_until", until
        yield "word_breakeven", (pays := f"{until}{percent(abs(even), 2)}%.")
        one = "contract" if cells["plan_lot"] == 1 else "lot"
        times = fixed(cells["plan_lot_multiple"], 1)
        yield "word_contract", f"One {one} is {times} times the wanted hedge: choose another contract"
        want = percent(cells["plan_ratio"])
        yield "word_overhedge", f"The hedge is {percent(reached)}% of the value, wanted were {want}%"
        high, warn, now = cells["limit_high_leverage"], cells["limit_leverage"], cells["plan_leverage"]
        judged = (
            f"{plain(high)}x: that is speculation, no hedge" if now > high else f"{plain(warn)}x: little room"
        )
        yield "word_leverage", f"{plain(now)}x is above {judged}"
        safe = fixed(number("plan_safe_leverage"), 1)
        yield "word_near", f"Liquidation is {distance} away: use at most {safe}x"
        yield (
            "word_tier",
            f"The venue asks for {percent(number('plan_tier_rate'), 2)}% maintenance: type it on Plan",
        )
        yield "word_margin", f"The margin is {fixed(-cushion)} more than you have"
        yield "word_funding", f"You pay about {fixed(number('costs_funding'))} of funding"
        yield "word_stale", f"The oldest price is {fixed(cells['plan_price_age'], 0)} days old"
        old = f"are {fixed(cells['plan_facts_age'], 0)} days old"
        aged = old if cells["plan_facts_day"] else "have no date"
        yield "word_facts", f"The venue facts {aged}: compare them with the venue"
        waiting = cells["journal_waiting"]
        hedges = "hedge waits" if waiting == 1 else "hedges wait"
        yield "word_review", f"{waiting} open {hedges} for you: see Journal"
        sound = "All checks pass" if cells["checks_ok"] else "A check fails: see Checks"
        yield "word_checks", sound
        count = cells["warnings_count"]
        counted = f"{count} warning{'' if count == 1 else 's'}: see Plan" if count else "no warning"
        yield "word_warnings", f" · {counted}"
        incomplete = f"Fill in the yellow cells: {missing}"
        yield "checks_status", f"{sound} · {counted}" if ready else incomplete
        yield "say_order", (order + terms if active else nothing) if ready else incomplete
        yield "say_risk", near + kept if active else ""
        yield "say_coverage", covers + carried if active else ""
        yield "say_cost", costs + pays if active else ""
