"""What a book asks of somebody: one kind, a sentence with its numbers, and what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workbook.report.book_row import NOTHING, READY, BookFinding, BookRow, Hedge, Position
from workbook.report.figures import amount, count, part, price, whole_number
from workbook.request import Cause


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: how loud it is, what it means, and whether it asks for a person."""

    tone: str
    meaning: str
    asks: bool = True


PROBLEM_KINDS: Final[Mapping[str, Kind]] = {  # in order of harm
    "liquidated": Kind("bad", "The hedge is gone and the spot is unhedged."),
    "near liquidation": Kind("bad", "Nearer than the book's limit to the price at which the margin is lost."),
    "expired": Kind("warn", "A contract that ended still stands as open."),
    "failed": Kind("warn", "Not recalculated. The result of an earlier run stands."),
    "refused": Kind("warn", "Not recalculated, and nothing was written."),
    "failed checks": Kind("warn", "A check of the book fails: its figures may be wrong."),
    "unknown facts": Kind(
        "dunno", "Nothing is said of what is not known, and an order that rests on it is withheld."
    ),
    "stale cells": Kind("dunno", "Some cells keep an older value, and are named."),
    "waiting": Kind("dunno", "A hedge waits for its review, its roll or its stop."),
    "facts to confirm": Kind(
        "dunno", "The plan stands without them, but what they would tell is not known.", asks=False
    ),
}

STANDS: Final = (READY, NOTHING)  # states of a plan whose order, or whose rest, stands
MISSING, UNSURE, WRONG = "? missing", "?", "■"  # how the states of findings begin
LISTED: Final = 4  # findings of a sentence

REMEDIES: Final[Mapping[Cause, str]] = {
    "missing": "Look for it, or take its name out of the command.",
    "strange": "Move it away, or give the book itself.",
    "empty": "Give a folder that holds books.",
    "package": "Fetch it again from whoever sent it.",
    "input": "Mend the value, or move the book out of the folder if it is no plan.",
    "unknowable": "Run microhedge check, open the book in Excel, or use --allow-stale.",
    "signed": "Take the signature out in Excel, or recalculate a copy.",
    "rival": "Give the two books different names or folders.",
    "foreign": "Move that file away, or choose another folder.",
    "changed": "Move that result away, then run again.",
    "open": "Close it in the spreadsheet program, then run again.",
    "time": "Look for a loop, or give it a longer --timeout.",
    "memory": "Look for a formula that builds a text without end.",
    "lost": "Run it alone; if it ends again, send the book to the makers.",
    "system": "Mend what the system names, then run again.",
    "fault": "Send the book to the makers.",
}


def judge(row: BookRow) -> None:
    """Set the kind, the sentence and the remedy of a row: the worst that holds."""
    for kind, sentence, remedy in problems_of(row):
        row.kind, row.sentence, row.remedy, row.asks = kind, sentence, remedy, PROBLEM_KINDS[kind].asks
        return


def problems_of(row: BookRow) -> Iterator[tuple[str, str, str]]:
    """Every problem of a book, the worst first: its kind, a sentence and what to do."""
    outcome = row.outcome
    if outcome.is_problem:
        yield outcome.status, _sentence(outcome.reason), REMEDIES.get(outcome.cause, REMEDIES["input"])
        return
    if row.position is not None:
        yield from _of_hedges(row.position)
        if not row.position.checks_ok:
            yield "failed checks", _failed(row.position), f"microhedge check {outcome.path} says where."
        yield from _of_facts(row.position, outcome.unpriced)
    if outcome.stale:
        cells = count(len(outcome.stale), "cell")
        keep = "keeps" if len(outcome.stale) == 1 else "keep"
        yield (
            "stale cells",
            f"{cells} {keep} an earlier value: {outcome.stale[0]}.",
            "See the reason in the table.",
        )
    if row.position is not None and row.position.waiting:
        what = ", ".join(sorted({f"{h.symbol}: {h.status}" for h in row.position.hedges if _waits(h)}))
        said = f"{count(row.position.waiting, 'hedge')} waiting{f' ({what})' if what else ''}."
        yield "waiting", said, "Sheet Journal says what to do."
    if row.position is not None:
        yield from _to_confirm(row.position)


def _waits(hedge: Hedge) -> bool:
    return hedge.status not in {"hold", "unknown"}


def _of_hedges(position: Position) -> Iterator[tuple[str, str, str]]:
    for hedge in position.hedges:
        distance = hedge.distance
        if hedge.status == "liquidated" or (distance is not None and distance <= 0):
            yield "liquidated", _liquidated(hedge), "Confirm at the venue, close the row in Journal."
            return
    near = [
        hedge
        for hedge in position.hedges
        if hedge.status == "near liquidation"
        or (hedge.distance is not None and hedge.distance < position.near)
    ]
    if near:
        hedge = min(near, key=lambda one: one.distance if one.distance is not None else position.near)
        yield "near liquidation", _near(hedge), _post(hedge)
    for hedge in position.having("expired"):
        said = f"{hedge.symbol} has expired; Journal still counts {_size(hedge)}."
        yield "expired", said, "Enter the settlement as exit, or roll: sheet Roll."
        return


def _of_facts(position: Position, unpriced: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    if unpriced:
        names, has = ", ".join(unpriced), "has" if len(unpriced) == 1 else "have"
        yield (
            "unknown facts",
            f"{names} {has} no row in the market: value and order are unknown.",
            f"Add {names} to the feed.",
        )
    if position.unknown and position.state not in STANDS:
        missing = position.found(MISSING) or position.found(UNSURE)
        said = _named(missing, position.unpriced) or f"{count(position.unknown, 'fact')} unknown."
        yield "unknown facts", said, _mend(missing)


def _to_confirm(position: Position) -> Iterator[tuple[str, str, str]]:
    """What is not known beside an order, or beside a hedge that is where it should be."""
    if position.unknown and position.state in STANDS:
        unsure = position.found(UNSURE)
        said = _named(unsure) or f"{count(position.unknown, 'fact')} unknown."
        yield "facts to confirm", said, _mend(unsure)


def _failed(position: Position) -> str:
    named = _named(position.found(WRONG))
    return f"A check fails: {named}" if named else "A check of the book fails."


def _named(findings: Sequence[BookFinding], more: Sequence[str] = ()) -> str:
    """The findings in the words of the book, one after the other."""
    said = [*dict.fromkeys(finding.said for finding in findings), *more]
    left = f"; and {len(said) - LISTED:,} more" if len(said) > LISTED else ""
    return _sentence("; ".join(said[:LISTED]) + left) if said else ""


def _mend(findings: Sequence[BookFinding]) -> str:
    """What mends the first of them."""
    return findings[0].mend if findings else "Sheet Checks names each."


def _size(hedge: Hedge) -> str:
    return "?" if hedge.contracts is None else f"{amount(hedge.contracts)} contracts"


def _side(hedge: Hedge) -> str:
    return "long" if hedge.contracts is not None and hedge.contracts < 0 else "short"


def _liquidated(hedge: Hedge) -> str:
    passed = f"Passed {price(hedge.liquidation)}: " if hedge.liquidation is not None else "Liquidated: "
    mark = f"; mark {price(hedge.mark)}" if hedge.mark is not None else ""
    lost = f" {whole_number(hedge.margin)} of margin lost." if hedge.margin is not None else ""
    return f"{passed}{_side(hedge)} of {_size(hedge)} {hedge.symbol} at {hedge.venue}{mark}.{lost}"


def _near(hedge: Hedge) -> str:
    to = f" to {price(hedge.liquidation)}" if hedge.liquidation is not None else ""
    far = part(hedge.distance) if hedge.distance is not None else "Near"
    times = f", {amount(hedge.leverage)}x" if hedge.leverage is not None else ""
    mark = f"; mark {price(hedge.mark)}" if hedge.mark is not None else ""
    return f"{far}{to}: {_side(hedge)} of {_size(hedge)} {hedge.symbol} at {hedge.venue}{times}{mark}."


def _post(hedge: Hedge) -> str:
    return f"Post margin at {hedge.venue or 'the venue'}, or buy back a part."


def _sentence(reason: str) -> str:
    """A reason as a sentence of its own."""
    said = reason.strip() or "No reason is known"
    first = said.partition(" ")[0]
    start = said[0].upper() + said[1:] if first.isalpha() else said  # a path keeps its letters
    return f"{start}{'' if said.endswith('.') else '.'}"
