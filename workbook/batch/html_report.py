"""The report as one page for a browser: a summary, what went wrong, three charts, every book in a table.

It needs no network, and no script but for sorting and filtering. The rows are read from a file of
JSON lines, several times over, so that the page's making takes no more memory for more books.
"""

import base64
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from typing import Any, Final, TextIO

from workbook.batch.report_rows import COLUMNS, flat
from workbook.layout import PLAN
from workbook.request import Outcome

CHARTED: Final = ("plan_exposure", "plan_coverage", "plan_margin")
BARS: Final = 120  # more books than this share their bars
ROWS: Final = 5_000  # a browser sorts that many at once; a longer table belongs in another kind of report
LISTED: Final = 200  # problems told one by one above the charts

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 440, 190, 62, 22, 12
STATUSES: Final = ("failed", "refused", "done", "unchanged")


def write_page(file: TextIO, rows: TextIO) -> None:
    """Write the page from the outcomes that `rows` holds, one as JSON a line."""
    tally = _tallied(rows)
    style, script = _asset("report.css"), _asset("report.js")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    file.write(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>microhedge: {tally.books:,} books</title>\n<style>{style}</style>\n</head>\n<body>\n"
        "<h1>Recalculated books</h1>\n"
    )
    _write_summary(file, tally)
    _write_problems(file, rows, tally)
    _write_charts(file, rows, tally)
    _write_table(file, rows, tally)
    file.write(f"<script>{script}</script>\n</body>\n</html>\n")


@dataclass
class Tally:
    """What the first look over the rows counts."""

    books: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    stale: int = 0
    pressing: int = 0
    formulas: int = 0
    changed: int = 0
    charted: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=lambda: {"path", "status"})


def _is_pressing(outcome: Outcome) -> bool:
    """Whether somebody should look at this book: it was left as it was, or in part."""
    return outcome.is_problem or bool(outcome.stale)


def _outcomes(rows: TextIO) -> Iterator[Outcome]:
    rows.seek(0)
    return map(Outcome.from_json, rows)


def _tallied(rows: TextIO) -> Tally:
    tally = Tally()
    for outcome in _outcomes(rows):
        tally.books += 1
        tally.statuses[outcome.status] += 1
        tally.stale += bool(outcome.stale)
        tally.pressing += _is_pressing(outcome)
        tally.formulas += outcome.formulas
        tally.changed += outcome.changed
        tally.charted.update(name for name in CHARTED if _number(outcome.outputs.get(name)) is not None)
        tally.used.update(name for name, cell in flat(outcome).items() if cell not in {None, "", 0})
    return tally


def _write_summary(file: TextIO, tally: Tally) -> None:
    counts = [("books", tally.books), *((status, tally.statuses[status]) for status in reversed(STATUSES))]
    counts += [
        ("with stale cells", tally.stale),
        ("formulas", tally.formulas),
        ("values changed", tally.changed),
    ]
    file.write('<dl class="summary">\n')
    for label, count in counts:
        bad = ' class="bad"' if count and label in {"refused", "failed", "with stale cells"} else ""
        file.write(f"<div{bad}><dt>{label}</dt><dd>{count:,}</dd></div>\n")
    file.write("</dl>\n")


def _write_problems(file: TextIO, rows: TextIO, tally: Tally) -> None:
    if not tally.pressing:
        return
    file.write('<h2>Problems</h2>\n<div class="scroll few"><table id="problems">\n<tbody>\n')
    left = LISTED
    for outcome in _outcomes(rows):
        if _is_pressing(outcome) and left:
            left -= 1
            file.write(
                f'<tr><td class="path">{escape(outcome.path)}</td>'
                f'<td class="{outcome.status}">{outcome.status}</td><td>{escape(outcome.reason)}</td></tr>\n'
            )
    file.write("</tbody>\n</table></div>\n")
    if tally.pressing > LISTED:
        file.write(f'<p class="soft">The first {LISTED:,} of {tally.pressing:,} problems.</p>\n')


def _write_charts(file: TextIO, rows: TextIO, tally: Tally) -> None:
    if not tally.charted:
        return
    file.write('<h2>Over the books</h2>\n<div class="charts">\n')
    for name in CHARTED:
        if tally.charted[name]:
            _write_chart(file, name, _bars(rows, name, tally.charted[name]), tally.charted[name])
    file.write("</div>\n")


@dataclass
class Bar:
    """One book, or neighbours that share a bar."""

    title: str = ""
    books: int = 0
    total: float = 0.0
    low: float = math.inf
    high: float = -math.inf


def _bars(rows: TextIO, name: str, books: int) -> list[Bar]:
    bars = [Bar() for _ in range(min(books, BARS))]
    place = 0
    for outcome in _outcomes(rows):
        value = _number(outcome.outputs.get(name))
        if value is not None:
            bar = bars[place * len(bars) // books]
            bar.title = bar.title or outcome.path
            bar.books += 1
            bar.total += value
            bar.low, bar.high = min(bar.low, value), max(bar.high, value)
            place += 1
    return bars


def _write_chart(file: TextIO, name: str, bars: Sequence[Bar], books: int) -> None:
    output = PLAN.outputs[name]
    low, high, step = _scale(min(bar.low for bar in bars), max(bar.high for bar in bars))

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)

    unit = "" if output.format.endswith("%") else f", {output.unit}"
    shared = f"; a bar is the mean of up to {-(-books // len(bars)):,}, its shade their range"
    told = f"{books:,} books{shared if books > len(bars) else ''}"
    file.write(
        f"<figure>\n<figcaption>{escape(output.label + unit)} <span>{told}</span></figcaption>\n"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(output.label)} of {books:,} books, '
        f"from {_shown(output.format, min(bar.low for bar in bars))} "
        f'to {_shown(output.format, max(bar.high for bar in bars))}">\n'
    )
    for number in range(round((high - low) / step) + 1):
        value = low + number * step
        file.write(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{y(value)}" y2="{y(value)}"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">'
            f"{_shown(output.format, value, short=True)}</text>\n"
        )
    slot = (WIDTH - LEFT) / len(bars)
    width = min(slot * 0.8, 30)
    for number, bar in enumerate(bars):
        mean = bar.total / bar.books
        x = round(LEFT + slot * number + (slot - width) / 2, 1)
        title = f"{bar.title}: {_shown(output.format, mean)}"
        if bar.books > 1:
            title = (
                f"{bar.books:,} books from {bar.title}: mean {_shown(output.format, mean)}, "
                f"{_shown(output.format, bar.low)} to {_shown(output.format, bar.high)}"
            )
            file.write(_rect("band", x, width, y(bar.high), y(bar.low), title))
        file.write(_rect("bar", x, width, y(max(mean, 0)), y(min(mean, 0)), title))
    file.write(
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH}" y1="{y(0)}" y2="{y(0)}"/>\n'
        f'<text x="{LEFT}" y="{HEIGHT - 6}">book 1</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">book {books:,}</text>\n</svg>\n</figure>\n'
    )


def _rect(kind: str, x: float, width: float, top: float, bottom: float, title: str) -> str:
    return (
        f'<rect class="{kind}" x="{x}" y="{top}" width="{width:.1f}" height="{max(bottom - top, 1):.1f}">'
        f"<title>{escape(title)}</title></rect>\n"
    )


def _scale(low: float, high: float) -> tuple[float, float, float]:
    """Round bounds that hold zero and every value, and the step between their lines."""
    low, high = min(low, 0.0), max(high, 0.0)
    rough = (high - low or 1.0) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= rough)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    return bottom, max(top, bottom + step), step


def _write_table(file: TextIO, rows: TextIO, tally: Tally) -> None:
    results = sorted(PLAN.outputs, key=lambda name: PLAN.outputs[name].kind == "text")  # sentences last
    columns = [name for name in (*COLUMNS, *results) if name in tally.used]
    options = "".join(f"<option>{status}</option>" for status in STATUSES if tally.statuses[status])
    file.write(
        '<h2>Books</h2>\n<div class="tools" hidden>'
        '<label>Find <input id="words" type="search"></label>'
        f'<label>Status <select id="status"><option value="">all</option>{options}</select></label></div>\n'
        '<div class="scroll"><table id="books">\n<thead><tr>'
    )
    for name in columns:
        label = PLAN.outputs[name].label if name in PLAN.outputs else name.replace("_", " ")
        file.write(f'<th scope="col"><button type="button">{escape(label)}</button></th>')
    file.write("</tr></thead>\n<tbody>\n")
    left = ROWS
    for pressing in (True, False):
        for outcome in _outcomes(rows):
            if _is_pressing(outcome) is pressing and left:
                left -= 1
                row = flat(outcome)
                file.write(f"<tr>{''.join(_cell(name, row[name]) for name in columns)}</tr>\n")
    file.write("</tbody>\n</table></div>\n")
    if tally.books > ROWS:
        file.write(
            f'<p class="soft">The first {ROWS:,} of {tally.books:,} books, problems first; '
            "a report in CSV, JSON lines or Parquet holds them all.</p>\n"
        )


def _cell(name: str, cell: Any) -> str:
    number = _number(cell)
    if number is not None:
        form = PLAN.outputs[name].format if name in PLAN.outputs else "0"
        shown = f"{number:.3f}" if name == "seconds" else _shown(form, number)
        return f'<td class="number" data-value="{number!r}">{shown}</td>'
    if isinstance(cell, bool):
        return f"<td>{str(cell).upper()}</td>"
    kind = (
        cell
        if name == "status"
        else "path"
        if name == "path"
        else "long"
        if len(cell or "") > 40
        else "short"
    )
    return f'<td class="{kind}">{escape(cell or "")}</td>'


def _number(cell: Any) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


def _shown(form: str, value: float, *, short: bool = False) -> str:
    """A number as its cell would show it, near enough to be read."""
    if form.endswith("%"):
        return f"{value:.{0 if short and round(value, 4) == round(value, 2) else 1}%}"
    digits = 0 if value == round(value) else 2 if abs(value) >= 1 else 6
    return f"{round(value, digits):,.15g}"


def _asset(name: str) -> str:
    return files("workbook").joinpath("data", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
