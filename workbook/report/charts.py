"""What the desk holds, drawn: coverage against wanted by folder, and margin against capital.

Drawings have no scale of their own: x is in percent of the width, y in pixels, so that type keeps its
size from a phone to a wide screen. A crowd is drawn as columns or fields: dots would lie on each other.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from workbook.report.book_row import BookRow
from workbook.report.figures import count, minus, money, part
from workbook.report.markup import Markup, joined, tag

CROWD: Final = 80  # books of a lane that are drawn one by one
STACK: Final = 12  # books of one point that can be told apart when drawn one by one
HEAP: Final = 600  # books of a chart that are drawn one by one
LIMIT, BAND, LANE = 30.0, 5.0, 60  # points to either side, points that are near enough, pixels
TIGHT: Final = 80.0  # percent of the capital, above which little is left to post
HEIGHT: Final = 220
RADIUS: Final = 3.4
ALARMING: Final = frozenset({"liquidated", "near liquidation", "expired"})


def figure(title: str, note: str, *body: Markup) -> Markup:
    """A chart with its title and what a mark is."""
    caption = tag("figcaption", tag("h3", title), tag("p", note, class_="soft"))
    return tag("figure", caption, *body, tag("output"))


def strip(rows: Sequence[BookRow]) -> Markup:
    """Coverage now less coverage wanted, a lane for each folder."""
    known = [(row, row.position.gap) for row in rows if row.position and row.position.gap is not None]
    if not known:
        return Markup()
    folders = sorted({row.folder for row, _ in known})
    lanes = [sorted((pair for pair in known if pair[0].folder == name), key=_far) for name in folders]
    is_crowded = any(len(lane) > CROWD or max(_heaps(lane).values()) > STACK for lane in lanes)
    height = LANE * len(lanes)
    outside = sum(abs(gap) > BAND for _, gap in known)
    labels = [
        tag(
            "li",
            tag("b", name or "here"),
            tag("span", f"{sum(abs(g) > BAND for _, g in lane)} of {len(lane)} outside", class_="soft"),
        )
        for name, lane in zip(folders, lanes, strict=True)
    ]
    marks = [
        _svg("rect", x=_pc(_across(-BAND)), width=_pc(2 * BAND / LIMIT * 49), height=height, class_="band"),
        _svg("line", x1="50%", x2="50%", y1=0, y2=height, class_="zero"),
    ]
    for number, lane in enumerate(lanes):
        marks.append(_svg("line", x1="0", x2="100%", y1=number * LANE, y2=number * LANE, class_="grid"))
        marks += _columns(lane, number) if is_crowded else _dots(lane, number)
        marks += _ends(lane, number)
    for step in (-20, -10, 0, 10, 20):
        said = minus(f"{step:+d}") if step else "wanted"
        marks.append(tag("text", said, x=_pc(_across(step)), y=height + 16, class_="tick m"))
    drawing = tag(
        "svg",
        *marks,
        class_="dots",
        height=height + 22,
        role="img",
        aria_label=f"{outside} of {len(known)} books are outside their band",
    )
    what = "A column holds the books of one point" if is_crowded else "A dot is a book"
    return figure(
        "Coverage against wanted",
        f"Open now less wanted, in points. {what}; the shade is \u00b1{BAND:.0f} points: "
        f"{len(known) - outside:,} inside, {outside:,} outside.",
        tag("div", tag("ul", *labels, aria_hidden="true"), drawing, class_="lanes"),
    )


def _far(pair: tuple[BookRow, float]) -> float:
    return -abs(pair[1])


def _across(points: float) -> float:
    return 50 + max(-LIMIT, min(LIMIT, points)) / LIMIT * 49


def _pc(value: float) -> str:
    return f"{value:.2f}%"


def _svg(name: str, **attributes: object) -> Markup:
    return tag(name, **attributes)


def _heaps(lane: Sequence[tuple[BookRow, float]]) -> Counter[int]:
    """How many books lie at each whole point."""
    return Counter(round(max(-LIMIT, min(LIMIT, gap))) for _, gap in lane)


def _columns(lane: Sequence[tuple[BookRow, float]], number: int) -> list[Markup]:
    heaps = _heaps(lane)
    tallest = max(heaps.values())
    made = []
    for point, books in sorted(heaps.items()):
        tall = max(1.5, books / tallest * 38)
        title = tag("title", f"{lane[0][0].folder}, {minus(f'{point:+d}')} points: {count(books, 'book')}")
        made.append(
            tag(
                "rect",
                title,
                x=_pc(_across(point) - 0.7),
                width="1.3%",
                y=f"{(number + 1) * LANE - tall:.1f}",
                height=f"{tall:.1f}",
                class_="out" if abs(point) > BAND else "in",
            )
        )
    return made


def _dots(lane: Sequence[tuple[BookRow, float]], number: int) -> list[Markup]:
    middle = number * LANE + 36
    placed: list[tuple[float, int]] = []
    made = []
    for row, gap in lane:
        x = _across(gap) / 100 * 470
        up = next(
            (y for y in (0, -7, 7, -14, 14) if all((x - a) ** 2 + (y - b) ** 2 > 47 for a, b in placed)), 21
        )
        placed.append((x, up))
        made.append(
            tag(
                "circle",
                tag("title", _coverage(row)),
                cx=_pc(_across(gap)),
                cy=middle + up,
                r=RADIUS,
                class_="bad" if row.kind in ALARMING else "out" if abs(gap) > BAND else "in",
            )
        )
    return made


def _coverage(row: BookRow) -> str:
    position = row.position
    if position is None or position.open is None or position.wanted is None:
        return row.name
    return f"{row.name}: open {part(position.open)}, wanted {part(position.wanted, digits=0)}"


def _ends(lane: Sequence[tuple[BookRow, float]], number: int) -> list[Markup]:
    """The names of the farthest book on either side."""
    made = []
    lowest, highest = min(lane, key=_gap), max(lane, key=_gap)
    for row, gap in ([lowest] if lowest[1] < -2 * BAND else []) + (
        [highest] if highest[1] > 2 * BAND else []
    ):
        beyond = abs(gap) > LIMIT
        name = short(row.name.rpartition("/")[2])
        said = f"{name} {minus(f'{gap:+.0f}')}" if beyond else name
        said = (f"\u25c2 {said}" if gap < 0 else f"{said} \u25b8") if beyond else said
        made.append(
            tag("text", said, x=_pc(_across(gap)), y=number * LANE + 15, class_="s" if gap < 0 else "e")
        )
    return made


def _gap(pair: tuple[BookRow, float]) -> float:
    return pair[1]


def short(name: str) -> str:
    """A name that fits beside a mark."""
    return name if len(name) < 18 else f"{name[:16]}\u2026"


class _Mark(NamedTuple):
    """A book of the chart: across its capital on a scale of tens, up the part of it that is margin."""

    row: BookRow
    capital: float
    use: float
    margin: float

    @property
    def is_tight(self) -> bool:
        return self.use > TIGHT


def _marks_of(rows: Sequence[BookRow]) -> list[_Mark]:
    return [
        _Mark(row, position.capital, position.use, position.margin or 0)
        for row in rows
        if (position := row.position) and position.use and position.capital and position.capital > 0
    ]


def scatter(rows: Sequence[BookRow]) -> Markup:
    """Margin in use against capital."""
    known = _marks_of(rows)
    if not known:
        return Markup()
    sizes = sorted(math.log10(mark.capital) for mark in known)
    low, high = sizes[0] - 0.3, sizes[-1] + 0.1

    def across(capital: float) -> float:
        return max(1.0, min(99.0, (math.log10(max(capital, 1.0)) - low) / (high - low) * 100))

    hot = sum(mark.is_tight for mark in known)
    crowded = len(known) > HEAP
    marks = [mark for level in (0, 20, 40, 60, 80, 100) for mark in _level(level)]
    if crowded:
        marks += _fields([(across(mark.capital), mark.use) for mark in known])
    marks += [_dot(mark, across(mark.capital)) for mark in known if mark.is_tight or not crowded]
    marks += _names(known, across)
    marks += _steps(low, high, across)
    drawing = tag(
        "svg",
        *marks,
        class_="dots",
        height=HEIGHT + 24,
        role="img",
        aria_label=f"{hot} of {len(known)} books use more than {TIGHT:.0f} % of their capital",
    )
    return figure(
        "Margin in use against capital",
        f"Up: share of the capital that is margin. Across: capital, by tens. {count(hot, 'book')} above "
        f"{TIGHT:.0f} %, where little is left to post.{' Darker fields hold more books.' if crowded else ''}",
        drawing,
    )


def _dot(mark: _Mark, across: float) -> Markup:
    of = f"{money(mark.margin)} of {money(mark.capital)}"
    tone = "bad" if mark.row.kind in ALARMING else "out" if mark.is_tight else "in"
    return tag(
        "circle",
        tag("title", f"{mark.row.name}: {of}, {part(mark.use, digits=0)}"),
        cx=_pc(across),
        cy=f"{_up(mark.use):.1f}",
        r=RADIUS,
        class_=tone,
    )


def _steps(low: float, high: float, across: Callable[[float], float]) -> Iterator[Markup]:
    """What is written below: 100, 300, 1 k, 3 k, as far as the books reach."""
    for step in (base * 10**power for power in range(2, 10) for base in (1, 3)):
        if low + 0.05 < math.log10(step) < high - 0.05:
            said = f"{step // 1000:,} k" if step >= 1000 else f"{step}"
            yield tag("text", said, x=_pc(across(step)), y=HEIGHT + 18, class_="tick m")


def _up(use: float) -> float:
    return 8 + (1 - min(use, 100.0) / 100) * (HEIGHT - 8)


def _level(level: int) -> tuple[Markup, Markup]:
    y = f"{_up(level):.0f}"
    line = _svg("line", x1="0", x2="100%", y1=y, y2=y, class_="limit" if level == TIGHT else "grid")
    return line, tag("text", f"{level} %", x="0", y=f"{_up(level) - 3:.0f}", class_="tick s")


def _fields(points: Sequence[tuple[float, float]]) -> list[Markup]:
    heaps = Counter((int(x / 2), int(min(use, 100.0) / 4)) for x, use in points)
    most = max(heaps.values())
    return [
        tag(
            "rect",
            tag("title", count(books, "book")),
            x=f"{across * 2}%",
            width="2%",
            y=f"{_up(up * 4 + 4):.1f}",
            height=f"{_up(0) - _up(4):.1f}",
            class_="in",
            fill_opacity=f"{0.12 + 0.88 * math.sqrt(books / most):.2f}",
        )
        for (across, up), books in sorted(heaps.items())
    ]


def _names(known: Sequence[_Mark], across: Callable[[float], float]) -> list[Markup]:
    """Names above the line where they cover no other mark."""
    hot = sorted((mark for mark in known if mark.is_tight), key=lambda mark: -mark.capital)
    taken = [(across(mark.capital), _up(mark.use)) for mark in hot]
    made = []
    for mark in hot[:12]:
        x, y, name = across(mark.capital), _up(mark.use), short(mark.row.name.rpartition("/")[2])
        for way in (1, -1):
            near, far = sorted((x + way, x + way * (3 + 2.2 * len(name))))
            if 0 < near < far < 100 and not any(near < a < far and abs(y - b) < 11 for a, b in taken):
                taken += [(near + 1, y), (far - 1, y)]
                side = "s" if way > 0 else "e"
                made.append(tag("text", name, x=_pc(x), y=f"{y + 4:.0f}", dx=7 * way, class_=side))
                break
    return made


def section(anchor: str, title: str, lead: str, *body: Markup, is_wide: bool = False) -> Markup:
    """A part of the page with its title in the gutter."""
    heading = tag("h2", title, id=f"{anchor}-h")
    gutter = tag("div", heading, tag("p", lead, class_="soft"), class_="gutter")
    return joined(
        tag(
            "section",
            gutter,
            tag("div", *body, class_="body"),
            id=anchor,
            aria_labelledby=f"{anchor}-h",
            class_="wide" if is_wide else None,
        ),
        Markup("\n"),
    )
