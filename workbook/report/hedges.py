"""The hedges of the desk: how far each is from its liquidation, and the trades that wait."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workbook.report.book_row import READY, BookRow
from workbook.report.charts import HEAP, figure
from workbook.report.figures import NONE, amount, money, part, price
from workbook.report.links import book_link
from workbook.report.markup import Markup, hidden_caption, tag

NAMED: Final = 14  # books in the table of distances
TOP, RUG = 30.0, 80.0  # percent at the right end of a bar, and of the rug
LISTED: Final = 10  # contracts in the table of trades


def distances(rows: Sequence[BookRow]) -> Markup:
    """The nearest by name, the others as a rug."""
    known = sorted(
        ((row, row.position.distance) for row in rows if row.position and row.position.distance is not None),
        key=lambda pair: pair[1],
    )
    if not known:
        return Markup()
    lines = [_line(row, distance) for row, distance in known[:NAMED]]
    heads = [tag("th", word, scope="col") for word in ("Book", "Hedge", "Drawn", "Distance", "Liquidation")]
    table = tag(
        "table",
        hidden_caption("Books nearest to liquidation"),
        tag("thead", tag("tr", *heads), class_="hide"),
        tag("tbody", *lines),
        class_="mini",
    )
    far = [distance for _, distance in known]
    middle = far[len(far) // 2]
    ticks = [
        tag(
            "text",
            f"{step} %",
            x=f"{step / RUG * 100:.1f}%",
            y=32,
            class_=f"tick {'s' if not step else 'e' if step == RUG else 'm'}",
        )
        for step in (0, 20, 40, 60, 80)
    ]
    rug = tag(
        "svg",
        *_rug(known),
        *ticks,
        height=36,
        role="img",
        aria_label=f"Distances of {len(far)} books; half are above {part(middle, digits=0)}",
    )
    each = "by percent" if len(far) > HEAP else "a line each"
    return figure(
        "Distance to liquidation",
        "How far the mark may move before the margin is lost. The line is the book's own limit; "
        f"the nearest {min(NAMED, len(far))} of {len(far):,}.",
        table,
        rug,
        tag("p", f"All {len(far):,}, {each}; half are farther than {part(middle, digits=0)}.", class_="soft"),
    )


def _line(row: BookRow, distance: float) -> Markup:
    position = row.position
    near = position.near if position else 0.0
    hedges = [hedge for hedge in position.hedges if hedge.distance == distance] if position else []
    at = f"{near / TOP * 100:.2f}%"
    marks = [tag("line", x1=at, x2=at, y1=0, y2=19, class_="limit")]
    if distance > 0:
        width = f"{min(100, distance / TOP * 100):.1f}%"
        marks.append(tag("rect", y=6, height=7, width=width, class_="bad" if distance < near else "in"))
    said = part(distance) if distance > 0 else tag("b", "passed", class_="near")
    edge = hedges[0].liquidation if hedges else None
    return tag(
        "tr",
        tag("th", book_link(row), scope="row"),
        tag("td", hedges[0].symbol if hedges else NONE),
        tag("td", tag("svg", *marks, height=19, aria_hidden="true"), class_="bar"),
        tag("td", said, class_="n"),
        tag("td", NONE if edge is None else price(edge), class_="n soft"),
    )


def _rug(known: Sequence[tuple[BookRow, float]]) -> list[Markup]:
    if len(known) > HEAP:
        heaps = Counter(max(0, min(79, int(distance))) for _, distance in known)
        most = max(heaps.values())
        tall = {step: max(1.5, books / most * 18) for step, books in sorted(heaps.items())}
        return [
            tag(
                "rect",
                x=f"{step / 0.8:.2f}%",
                width="1.1%",
                y=f"{18 - h:.1f}",
                height=f"{h:.1f}",
                class_="in",
            )
            for step, h in tall.items()
        ]
    made = []
    for row, distance in known:
        x = f"{max(0.0, min(distance, RUG)) / RUG * 100:.1f}%"
        near = row.position is not None and distance < row.position.near
        made.append(tag("line", x1=x, x2=x, y1=4, y2=18, class_="rug bad" if near else "rug"))
    return made


@dataclass
class Sums:
    """What waits for one contract."""

    sell: float = 0.0
    buy: float = 0.0
    value: float = 0.0
    books: int = 0


def trades(rows: Sequence[BookRow]) -> Markup:
    """What the books would do now, by venue and contract."""
    sums: dict[tuple[str, str], Sums] = {}
    for row in rows:
        position = row.position
        if position is None or position.state != READY or not position.trade:
            continue
        mine = sums.setdefault((position.venue, position.instrument), Sums())
        mine.sell += max(position.trade, 0.0)
        mine.buy += max(-position.trade, 0.0)
        mine.value += abs(position.trade_value or 0.0)
        mine.books += 1
    if not sums:
        return Markup()
    ordered = sorted(sums.items(), key=lambda pair: -pair[1].value)
    total = sum(mine.value for mine in sums.values())
    heads = (
        tag("th", "Contract", scope="col"),
        tag("th", "Sell to add", scope="col", class_="n"),
        tag("th", tag("span", "Drawn by size", class_="hide"), scope="col", class_="bar"),
        tag("th", "Buy back", scope="col", class_="n"),
        tag("th", "Books", scope="col", class_="n"),
    )
    more = f" The {LISTED} largest of {len(ordered)}." if len(ordered) > LISTED else ""
    return figure(
        "Trades waiting",
        f"What the books would do now, in contracts, by venue: {money(total)} in all. "
        f"Nothing is traded by the run.{more}",
        tag(
            "table",
            hidden_caption("Trades waiting by venue and contract"),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *(_trade(*pair) for pair in ordered[:LISTED])),
            class_="mini trades",
        ),
    )


def _trade(key: tuple[str, str], mine: Sums) -> Markup:
    top = max(mine.sell, mine.buy)
    left, right = mine.sell / top * 48, mine.buy / top * 48
    bars = (
        tag("rect", x=f"{50 - left:.1f}%", width=f"{left:.1f}%", y=6, height=7, class_="out"),
        tag("rect", x="50%", width=f"{right:.1f}%", y=6, height=7, class_="in"),
        tag("line", x1="50%", x2="50%", y1=0, y2=19, class_="zero"),
    )
    return tag(
        "tr",
        tag("th", f"{key[0]} ", tag("b", key[1]), scope="row"),
        tag("td", amount(mine.sell) if mine.sell else NONE, class_="n"),
        tag("td", tag("svg", *bars, height=19, aria_hidden="true"), class_="bar"),
        tag("td", amount(mine.buy) if mine.buy else NONE, class_="n"),
        tag("td", f"{mine.books:,}", class_="n"),
    )
