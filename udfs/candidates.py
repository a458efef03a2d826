"""Choosing an instrument: which contract of which venue comes closest to the hedge that is wanted."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Final, NamedTuple

from udfs.conventions import DIVISOR, Arg, Leverage, Notional, ResultTable
from udfs.costs import trading_fee
from udfs.decimals import decimal, whole
from udfs.errors import NotAvailable, OutsideDomain
from udfs.margin import hedge_margin
from udfs.native import unwritten
from udfs.registry import udf
from udfs.sizing import contracts_notional, hedge_contracts
from udfs.symbols import spelling
from udfs.venues import Contract, tables

CLOSEST: Final = "closest"
FEASIBLE: Final = "feasible"
TOO_LARGE: Final = "too large"
PLACES: Final = 12  # of shares of the wanted notional
HEADER: Final = (
    *("Rank", "Venue", "Symbol", "Kind", "Contracts", "Notional", "Gap"),
    *("Margin", "Fees", "Smallest", "Verdict"),
)

Assets = Annotated[Sequence[str], Arg("text", "Assets to hedge with, as in BTC; one beside each price.")]
SpotPrices = Annotated[Sequence[float], Arg("quote per base", "Price of each asset.", above=0)]


class Candidate(NamedTuple):
    """One contract held against the wanted notional."""

    preference: tuple[Any, ...]
    cells: tuple[float | str, ...]
    verdict: str


@udf(
    "Venues",
    unit="quote",
    example=(
        (2_400, [["PEPE"]], [[0.00001]], 5),
        [
            list(HEADER),
            [1, "Binance", "1000PEPE/USDT:USDT", "linear", 240_000, 2_400, 0, 480, 2.4, 5, "closest"],
        ],
    ),
    source="udfs/venues.csv; HEDGE_CONTRACTS, ROUNDING_GAP, HEDGE_MARGIN and TRADING_FEE for each contract",
    native=unwritten("it is a table that sorts and filters"),
)
def hedge_candidates(
    notional: Annotated[Notional, DIVISOR], assets: Assets, prices: SpotPrices, leverage: Leverage
) -> ResultTable:
    """Contracts of all venues ranked by how close a feasible hedge comes to the wanted notional.

    Each contract of the venue table on one of the assets, in the nearest whole lots that the venue's
    minimum quantity and notional allow. First comes the least gap (absolute, relative to the wanted
    notional), then the lower margin, the lower taker fees in and out, the smaller smallest order.
    Verdicts: "closest" (the first), "feasible", "too large" (no hedge at all would be as near),
    "leverage above ..." (more than the contract allows), "... not known". Only feasible ones have a
    rank; an unknown minimum or highest leverage is taken as none.
    """
    priced = {spelling(asset): price for asset, price in zip(assets, prices, strict=True)}
    if len(priced) < len(assets):
        raise OutsideDomain("assets: one is there twice", "assets")
    found = [
        _candidate(notional, contract, priced[asset], leverage)
        for contract in tables().contracts
        if (asset := spelling(contract.base)) in priced
    ]
    if not found:
        raise NotAvailable(
            f"assets: the venue table has no contract on {', '.join(priced) or 'none'}", "assets"
        )
    table: ResultTable = [list(HEADER)]
    for rank, candidate in enumerate(sorted(found), 1):
        feasible = candidate.verdict == FEASIBLE
        verdict = CLOSEST if feasible and rank == 1 else candidate.verdict
        table.append([float(rank) if feasible else "", *candidate.cells, verdict])
    return table


def _candidate(wanted: float, contract: Contract, price: float, leverage: float) -> Candidate:
    names = (contract.venue, contract.symbol, contract.kind)
    size, lot = contract.contract_size, contract.lot
    if size is None or lot is None:
        missing = "contract size" if size is None else "lot"
        return Candidate((True, math.inf, *names), (*names, *[""] * 6), f"{missing} not known")
    value = contracts_notional(1.0, price, size, contract.kind)
    smallest = max(
        lot,
        whole(decimal(contract.minimum_quantity or 0.0), decimal(lot), lot, "up"),
        hedge_contracts(contract.minimum_notional or 0.0, price, size, lot, "up", contract.kind),
    )
    nearest = hedge_contracts(abs(wanted), price, size, lot, "nearest", contract.kind)
    contracts = math.copysign(max(nearest, smallest), wanted)
    feasible = contracts * value
    gap = (feasible - wanted) / wanted
    margin = hedge_margin(feasible, leverage)
    fees = math.inf if contract.taker_fee is None else trading_fee(feasible, contract.taker_fee)
    verdict = FEASIBLE
    # Rounded here and below, lest the last digit of a product decide.
    if contract.maximum_leverage is not None and leverage > contract.maximum_leverage:
        verdict = f"leverage above {contract.maximum_leverage:.15g}"
    elif round(gap, PLACES) >= 1:
        verdict = TOO_LARGE
    amounts = (feasible - wanted, margin, fees, smallest * value)
    shares = (round(abs(amount / wanted), PLACES) for amount in amounts)
    return Candidate(
        (verdict != FEASIBLE, *shares, *names),
        (*names, contracts, feasible, gap, margin, fees if fees < math.inf else "", smallest * value),
        verdict,
    )
