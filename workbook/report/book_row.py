"""One book as the page shows it: what came of it, the position it holds, and what it asks of somebody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from workbook.request import Cell, Outcome

NEAR: Final = 0.05  # of the price, where a book does not say how near is near
BAND: Final = 0.05  # of the value, where a book does not say what is near enough
READY: Final = "ready"
NOTHING: Final = "nothing to do"
INCOMPLETE: Final = "incomplete"


@dataclass(frozen=True, slots=True)
class Hedge:
    """An open row of the Journal."""

    symbol: str
    venue: str
    contracts: float | None
    entry: float | None
    leverage: float | None
    mark: float | None
    liquidation: float | None
    margin: float | None
    expiry: Cell
    status: str

    @property
    def distance(self) -> float | None:
        """How far the mark may move before the margin is lost, in percent; negative when it is passed."""
        if not self.mark or self.liquidation is None:
            return None
        move = (self.liquidation / self.mark - 1) * 100
        return -move if self.contracts is not None and self.contracts < 0 else move


@dataclass(frozen=True, slots=True)
class BookFinding:
    """A rule of the book that is not good, in the book's own words."""

    state: str  # a sign and a word: ■ wrong, ? missing, ? unknown, ▲ warning
    said: str
    mend: str


@dataclass(frozen=True, slots=True)
class Position:
    """What a book says of its plan; None is unknown."""

    state: str
    instrument: str
    venue: str
    exposure: float | None
    wanted: float | None  # percent
    open: float | None
    after: float | None
    trade: float | None  # contracts; positive: sell
    trade_value: float | None
    margin: float | None
    capital: float | None
    liquidation: float | None
    distance: float | None  # percent to the nearest liquidation
    unknown: int
    waiting: int
    warnings: int
    checks_ok: bool
    near: float  # percent to liquidation
    band: float  # points that the coverage may be off
    hedges: tuple[Hedge, ...]
    holdings: Mapping[str, tuple[float, float | None]]  # asset: quantity and price
    findings: tuple[BookFinding, ...]
    unpriced: tuple[str, ...]  # what is held and lacks a price or a quantity, each with what it lacks

    @property
    def use(self) -> float | None:
        """Share of the capital that is margin, in percent."""
        if self.margin is None or not self.capital:
            return None
        return self.margin / self.capital * 100

    @property
    def gap(self) -> float | None:
        """Coverage open now less coverage wanted, in points."""
        if self.open is None or self.wanted is None:
            return None
        return self.open - self.wanted

    def found(self, sign: str) -> list[BookFinding]:
        """The findings whose state begins with a sign."""
        return [finding for finding in self.findings if finding.state.startswith(sign)]

    def having(self, status: str) -> list[Hedge]:
        """The hedges of a status."""
        return [hedge for hedge in self.hedges if hedge.status == status]


@dataclass(slots=True)
class BookRow:
    """A row of the page."""

    outcome: Outcome
    name: str  # for people: below the common folder, without its ending
    folder: str
    link: str | None  # from the page to the book; None if there is no way
    position: Position | None  # None: no plan, or nothing is known of this run
    kind: str = ""  # of the problem that comes first
    asks: bool = False  # whether that needs a person
    sentence: str = ""
    remedy: str = ""
    runs: int = 0  # for how many runs it has had this problem
    before: Mapping[str, Any] = field(default_factory=dict)  # of the run before
    why: str = ""

    @property
    def is_alive(self) -> bool:
        """Whether its values are of this run."""
        return not self.outcome.is_problem

    @property
    def is_new(self) -> bool:
        """Whether its problem is new."""
        return self.asks and self.runs <= 1

    @property
    def moved(self) -> float | None:
        """How far its open coverage moved since the run before, in points."""
        was = self.before.get("open")
        if self.position is None or self.position.open is None or not isinstance(was, (int, float)):
            return None
        return self.position.open - was


def position_of(outcome: Outcome) -> Position | None:
    """What a recalculated plan says; None for a book that is no plan, or was refused."""
    said = {**outcome.inputs, **outcome.outputs}
    if outcome.is_problem or not outcome.outputs:
        return None
    hedges = tuple(_hedges(outcome.rows.get("Journal", ())))
    distances = [hedge.distance for hedge in hedges if hedge.distance is not None]
    state = said.get("plan_state")
    exposure = None if outcome.unpriced else _number(said, "plan_exposure")
    return Position(
        state=str(state) if state else (READY if said.get("plan_ready") is True else INCOMPLETE),
        instrument=str(said.get("plan_instrument") or ""),
        venue=str(said.get("plan_venue") or ""),
        exposure=exposure,
        wanted=_percent(said, "plan_coverage_target", "plan_ratio"),
        open=_percent(said, "plan_coverage_now"),
        after=_percent(said, "plan_coverage"),
        trade=_number(said, "plan_trade_contracts"),
        trade_value=_number(said, "plan_trade_notional"),
        margin=_number(said, "plan_margin_used", "journal_margin"),
        capital=_number(said, "plan_capital"),
        liquidation=_number(said, "plan_liquidation_now", "plan_liquidation_price"),
        distance=min(distances, default=None),
        unknown=int(_number(said, "plan_unknown") or 0),
        waiting=int(_number(said, "journal_waiting") or 0),
        warnings=int(_number(said, "warnings_count") or 0),
        checks_ok=said.get("checks_ok") is not False,
        near=(_number(said, "limit_liquidation_near") or NEAR) * 100,
        band=(_number(said, "journal_band") or BAND) * 100,
        hedges=hedges,
        holdings=_holdings(outcome.rows.get("Holdings", ())),
        findings=tuple(_findings(outcome.rows.get("Findings", ()))),
        unpriced=tuple(_unpriced(outcome.rows.get("Holdings", ()))),
    )


def _number(said: Mapping[str, Cell], *names: str) -> float | None:
    """The first of these results that is there, if it is a number."""
    for name in names:
        if name in said:
            value = said[name]
            return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return None


def _percent(said: Mapping[str, Cell], *names: str) -> float | None:
    share = _number(said, *names)
    return None if share is None else share * 100


def _hedges(rows: Sequence[Mapping[str, Cell]]) -> Iterator[Hedge]:
    for row in rows:
        status = str(row.get("status") or "")
        if status and status != "closed":
            yield Hedge(
                symbol=str(row.get("symbol") or UNNAMED),
                venue=str(row.get("venue") or ""),
                contracts=_number(row, "contracts"),
                entry=_number(row, "entry"),
                leverage=_number(row, "leverage"),
                mark=_number(row, "mark"),
                liquidation=_number(row, "liquidation"),
                margin=_number(row, "posted", "margin"),
                expiry=row.get("expiry"),
                status=status,
            )


def _holdings(rows: Sequence[Mapping[str, Cell]]) -> Mapping[str, tuple[float, float | None]]:
    held: dict[str, tuple[float, float | None]] = {}
    for row in rows:
        quantity = _number(row, "quantity")
        if quantity is not None:
            asset = str(row.get("asset") or UNNAMED)
            before = held.get(asset, (0.0, None))[0]
            held[asset] = (before + quantity, _number(row, "price"))
    return held


def _findings(rows: Sequence[Mapping[str, Cell]]) -> Iterator[BookFinding]:
    for row in rows:
        said = str(row.get("said") or row.get("rule") or UNNAMED)
        yield BookFinding(str(row.get("state") or ""), said, str(row.get("mend") or ""))


def _unpriced(rows: Sequence[Mapping[str, Cell]]) -> Iterator[str]:
    for row in rows:
        state = str(row.get("state") or KNOWN[0])
        if state not in KNOWN:
            yield f"{row.get('asset') or UNNAMED}: {state}"


KNOWN: Final = ("priced", "not hedged")  # states of a holding
UNNAMED: Final = "?"
