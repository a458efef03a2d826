"""The page of a run: must somebody act, is it today's, how does the desk stand, what moved, every book.

One file, no network: style and script stand in it by their hashes, and no attribute holds either.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from importlib.resources import files
from os.path import commonpath
from typing import Final, TextIO

from workbook.report.book_row import READY, BookRow, Position, position_of
from workbook.report.changes import changed
from workbook.report.charts import scatter, section, strip
from workbook.report.figures import NONE, UNKNOWN_FIGURE, count, money, part
from workbook.report.hedges import distances, trades
from workbook.report.links import book_link
from workbook.report.markup import Markup, joined, tag
from workbook.report.problems import PROBLEM_KINDS, judge
from workbook.report.run_facts import RunFacts, shown_time
from workbook.report.run_state import compare
from workbook.report.table import table
from workbook.request import Outcome

LISTED: Final = 8  # lines of a group before the rest is folded
MOST: Final = 60  # lines of a group; the rest is in the table
NAMED: Final = 2  # books of a line before the rest is folded
STATUSES: Final = ("unchanged", "refused", "failed")
STALE: Final = timedelta(days=1)  # a market older than this is not today's


def book_rows(outcomes: Iterable[Outcome], facts: RunFacts, below: str | None) -> list[BookRow]:
    """The rows of a page that lies in the folder `below`, or somewhere that no book can be reached from."""
    given = list(outcomes)
    folders = [outcome.path.replace("\\", "/").rpartition("/")[0] for outcome in given]
    absolute = {folder.startswith("/") for folder in folders}
    root = commonpath(folders) if folders and len(absolute) == 1 and all(folders) else ""
    made = []
    for outcome in given:
        path = outcome.path.replace("\\", "/")
        name = _unended(path[len(root) :].lstrip("/") if root else path)
        reachable = below is not None and "://" not in path and not path.startswith(("/", ".."))
        row = BookRow(
            outcome,
            name,
            name.rpartition("/")[0],
            f"{below}{path}" if reachable else None,
            position_of(outcome),
        )
        judge(row)
        compare(row, facts.before)
        made.append(row)
    return made


def _unended(path: str) -> str:
    """A name without its ending."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0] or name}"


def write_page(file: TextIO, rows: Sequence[BookRow], facts: RunFacts, seconds: float | None = None) -> None:
    """Write the page."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    need = sum(row.asks for row in rows)
    file.write(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">\n'
        f"<title>{need:,} of {len(rows):,} books need a person \u00b7 microhedge</title>\n"
        f'<style>{style}</style>\n</head>\n<body><a class="skip" href="#books">To the table of books</a>\n'
    )
    file.write(joined(_head(rows, facts, seconds), _figures(rows)))
    main = (_person(rows), _confirmed(rows), _desk(rows), changed(rows, facts), _engines(rows), table(rows))
    file.write(tag("main", *main))
    version = f" {facts.version}" if facts.version else ""
    foot = (
        f"Written by microhedge{version}. One file, no network. Rows as data: --report run.jsonl or run.csv."
    )
    file.write(tag("footer", foot, class_="soft"))
    file.write(f"\n<script>{script}</script>\n</body>\n</html>\n")


def _head(rows: Sequence[BookRow], facts: RunFacts, seconds: float | None) -> Markup:
    kinds = Counter(row.kind for row in rows if row.kind)
    need, fresh = sum(row.asks for row in rows), sum(row.is_new for row in rows)
    verb = "needs" if need == 1 else "need"
    title = (
        f"{need:,} of {count(len(rows), 'book')} {verb} a person"
        if need
        else f"All {len(rows):,} books are up to date"
    )
    verb = "is" if fresh == 1 else "are"
    new = f"{fresh:,} {verb} new since the run before. " if facts.before and fresh else ""
    rest = f"The other {len(rows) - need:,} are up to date." if 0 < need < len(rows) else ""
    tags = [
        tag(
            "li",
            tag(
                "a",
                tag("b", f"{kinds[kind]:,}"),
                f" {kind}",
                class_=f"tag {shown.tone}",
                href=f"#{_anchor(kind)}",
            ),
        )
        for kind, shown in PROBLEM_KINDS.items()
        if kinds[kind]
    ]
    links = (("person", "Needs a person"), ("desk", "The desk"), ("changed", "Changes"), ("books", "Books"))
    return tag(
        "header",
        tag(
            "p",
            tag("b", "microhedge"),
            " recalc ",
            tag("span", "\u00b7"),
            f" {shown_time(facts.at)}",
            class_="brand",
        ),
        tag("nav", *(tag("a", said, href=f"#{at}") for at, said in links), aria_label="Parts of the report"),
        tag(
            "div",
            tag("h1", title),
            tag("p", new + rest, class_="sub"),
            tag("ul", *tags, class_="tags"),
            class_="lead",
        ),
        _run(rows, facts, seconds),
    )


def _run(rows: Sequence[BookRow], facts: RunFacts, seconds: float | None) -> Markup:
    lasted = f", for {seconds:,.0f} s" if seconds is not None else ""
    said: list[Markup] = [tag("dt", "Ran"), tag("dd", f"{shown_time(facts.at)}{lasted}")]
    if facts.command:
        said += [tag("dt", "Command"), tag("dd", tag("code", facts.command))]
    said += [tag("dt", "Market"), _market(facts)]
    if facts.before is not None:
        paths = {row.outcome.path for row in rows}
        new, gone = len(paths - facts.before.books.keys()), len(facts.before.books.keys() - paths)
        differ = f"; {count(new, 'book')} new, {gone:,} gone" if new or gone else ""
        compared = f"with the run of {shown_time(facts.before.at)}{differ}"
    else:
        compared = "with nothing: there is no run before"
    said += [tag("dt", "Compared"), tag("dd", compared)]
    return tag("dl", *said, class_="run")


def _market(facts: RunFacts) -> Markup:
    if not facts.market:
        return tag("dd", "none was given: each book has its own prices")
    said: list[object] = [facts.market]
    if facts.market_at is not None:
        age = facts.at - facts.market_at
        old = f"{_age(age)} old"
        said += [
            f", {facts.market_at:%H:%M} UTC: ",
            tag("b", f"{old}, stale" if age > STALE else old, class_="near" if age > STALE else None),
            " when read",
        ]
    said.append(f"; {count(len(facts.prices), 'symbol')}")
    if facts.oldest_price is not None:
        age = facts.at - facts.oldest_price
        stale = age > 2 * STALE
        said += [
            ", the oldest price of ",
            tag(
                "b" if stale else "span",
                f"{facts.oldest_price:%Y-%m-%d}{', stale' if stale else ''}",
                class_="near" if stale else None,
            ),
        ]
    return tag("dd", *said)


def _age(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 1:
        return "under a minute"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else count(minutes // (24 * 60), "day")


Figure = tuple[str, object, object, str]  # label, figure, what it is of, how loud it is


def _figures(rows: Sequence[BookRow]) -> Markup:
    """Seven figures, each with what it is of, or against the run before."""
    plans = [row.position for row in rows if row.position]
    cells = [_recalculated(rows), *_held(rows, plans), _nearest(rows), *_asked(rows, plans)]
    return tag("dl", *map(_figure, cells), class_="figures")


def _figure(cell: Figure) -> Markup:
    label, value, note, loud = cell
    parts = (tag("dt", label), tag("dd", value), tag("dd", note, class_="soft"))
    return tag("div", *parts, class_=loud or None)


def _recalculated(rows: Sequence[BookRow]) -> Figure:
    status = Counter(row.outcome.status for row in rows)
    done = joined(f"{status['done'] + status['unchanged']:,}", tag("small", f" of {len(rows):,}"))
    rest = ", ".join(f"{status[word]:,} {word}" for word in STATUSES)
    return "Recalculated", done, rest, ""


def _held(rows: Sequence[BookRow], plans: Sequence[Position]) -> tuple[Figure, Figure, Figure]:
    """Exposure, coverage and margin; a book without one of them is in no total, and that is said."""
    known = [plan for plan in plans if plan.exposure is not None]
    without = len(plans) - len(known)
    verb = "is" if without == 1 else "are"
    less = f"; without {count(without, 'book')} that {verb} unknown" if without else ""
    exposure = sum(plan.exposure or 0 for plan in known)
    of = f"of {count(len(known), 'book')}{_against(rows)}{less}"
    covered = [plan for plan in known if plan.gap is not None]
    base = sum(plan.exposure or 0 for plan in covered)
    now = sum((plan.open or 0) * (plan.exposure or 0) for plan in covered)
    wanted = sum((plan.wanted or 0) * (plan.exposure or 0) for plan in covered)
    margin, capital = sum(plan.margin or 0 for plan in plans), sum(plan.capital or 0 for plan in plans)
    share = f"{part(margin / capital * 100, digits=0)} of {money(capital)} capital" if capital > 0 else ""
    return (
        ("Exposure", money(exposure) if known else UNKNOWN_FIGURE, of, ""),
        (
            "Coverage, open now",
            part(now / base) if base else UNKNOWN_FIGURE,
            f"wanted {part(wanted / base)}" if base else "no book says what is open",
            "",
        ),
        ("Margin in use", money(margin) if plans else UNKNOWN_FIGURE, share or "no capital is known", ""),
    )


def _nearest(rows: Sequence[BookRow]) -> Figure:
    hedged = [row for row in rows if row.position and row.position.distance is not None]
    if not hedged:
        return "Nearest liquidation", NONE, "no hedge is open", ""
    near = min(hedged, key=_distance)
    loud = "bad" if near.kind in {"liquidated", "near liquidation"} else ""
    return "Nearest liquidation", part(_distance(near)), book_link(near), loud


def _asked(rows: Sequence[BookRow], plans: Sequence[Position]) -> tuple[Figure, Figure]:
    ready = sum(plan.state == READY for plan in plans)
    unknown = [(row.position.unknown if row.position else 0) + len(row.outcome.unpriced) for row in rows]
    order = tag("a", f"{count(ready, 'book')} with an order ready", href="#books", data_f="ready")
    fog = f"in {count(sum(map(bool, unknown)), 'book')}"
    return (
        ("Trades waiting", f"{ready:,}", order, ""),
        ("Unknown facts", f"{sum(unknown):,}", fog, "dunno" if any(unknown) else ""),
    )


def _against(rows: Sequence[BookRow]) -> str:
    pairs = [
        (row.position.exposure, row.before.get("exposure"))
        for row in rows
        if row.position and row.position.exposure is not None
    ]
    both = [(now, was) for now, was in pairs if now is not None and isinstance(was, (int, float))]
    before = sum(was for _, was in both)
    return f", {part((sum(now for now, _ in both) / before - 1) * 100, sign=True)}" if before else ""


def _distance(row: BookRow) -> float:
    return row.position.distance if row.position and row.position.distance is not None else 0.0


def _anchor(kind: str) -> str:
    return kind.replace(" ", "-")


def _person(rows: Sequence[BookRow]) -> Markup:
    lead = "In order of harm; what is new stands first. Books with the same cause share a line."
    groups = _groups(rows, asks=True)
    return section("person", "Needs a person", lead if groups else "Nothing asks for anybody.", *groups)


def _confirmed(rows: Sequence[BookRow]) -> Markup:
    """What nobody needs to do today, but what is not known."""
    groups = _groups(rows, asks=False)
    lead = "Nobody is needed for them today. Books with the same cause share a line."
    return section("confirm", "To confirm", lead, *groups) if groups else Markup()


def _groups(rows: Sequence[BookRow], *, asks: bool) -> list[Markup]:
    kinds = [kind for kind, one in PROBLEM_KINDS.items() if one.asks == asks]
    groups = (_group(kind, [row for row in rows if row.kind == kind]) for kind in kinds)
    return [group for group in groups if group]


def _group(kind: str, rows: list[BookRow]) -> Markup:
    if not rows:
        return Markup()
    rows.sort(key=lambda row: (_distance(row) if "liquidat" in kind else 0.0, not row.is_new, row.name))
    causes: dict[tuple[str, str, int], list[BookRow]] = {}
    for row in rows:
        causes.setdefault((row.sentence, row.remedy, row.runs), []).append(row)
    lines = [_line(*cause, mine) for cause, mine in causes.items()]
    folded = Markup()
    if len(lines) > LISTED:
        more = f"{len(lines) - LISTED:,} more" + (
            f", of which {MOST - LISTED} are listed" if len(lines) > MOST else ""
        )
        folded = tag("details", tag("summary", more), tag("ul", *lines[LISTED:MOST]))
    return tag(
        "div",
        tag("h3", kind.capitalize(), " ", tag("span", f"{len(rows):,}")),
        tag("p", PROBLEM_KINDS[kind].meaning, class_="soft"),
        tag("ul", *lines[:LISTED]),
        folded,
        class_=f"group {PROBLEM_KINDS[kind].tone}",
        id=_anchor(kind),
    )


def _line(sentence: str, remedy: str, runs: int, rows: Sequence[BookRow]) -> Markup:
    names = [book_link(row) for row in rows[:MOST]]
    who = _listed(names[:NAMED])
    if len(rows) > NAMED:
        more = tag("summary", f"and {len(rows) - NAMED:,} more")
        who = joined(who, tag("details", more, _listed(names[NAMED:])))
    is_new = runs <= 1
    return tag(
        "li",
        tag("div", who, class_="who"),
        tag("p", sentence),
        tag("p", remedy, class_="do"),
        tag("span", "new" if is_new else f"{_ordinal(runs)} run", class_="since new" if is_new else "since"),
    )


def _listed(names: Sequence[Markup]) -> Markup:
    return Markup(", ".join(names))


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _desk(rows: Sequence[BookRow]) -> Markup:
    plans = [row for row in rows if row.position]
    drawn = [chart for chart in (strip(plans), distances(plans), scatter(plans), trades(plans)) if chart]
    fog = sum(row.position is not None and row.position.open is None for row in plans)
    lead = f"{count(len(plans), 'plan')} whose values are of this run."
    if fog:
        lead += f" {count(fog, 'plan')} without a known coverage."
    if drawn:
        lead += " Point at a mark, or touch it, for its name."
    return section("desk", "What the desk holds", lead, tag("div", *drawn, class_="two"))


def _engines(rows: Sequence[BookRow]) -> Markup:
    """How many formulas stand on what."""
    alive = [row.outcome for row in rows if not row.outcome.is_problem]
    unknown = sum(o.unknown for o in alive)
    cells: list[Figure] = [
        ("Core", f"{sum(o.core for o in alive):,}", "certified, need no vote", ""),
        ("Voted", f"{sum(o.voted for o in alive):,}", "two engines agree", ""),
        ("Settled", f"{sum(o.settled for o in alive):,}", "a third engine decided", ""),
        ("Unknown", f"{unknown:,}", "kept as they were, or drawn by chance", "dunno" if unknown else ""),
    ]
    lead = "The formulas that the run reached, by what stands behind their values."
    return section("engines", "Who agreed", lead, tag("dl", *map(_figure, cells), class_="figures plain"))


def _asset(name: str) -> str:
    return files("workbook").joinpath("data", name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
