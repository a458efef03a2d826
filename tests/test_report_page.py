"""The page of a run: what it says first, what it never shows, and how it behaves in a real browser."""

import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk import BEFORE, HOSTILE, NOW, desk, facts, plan, troubled, unknown

from workbook.layout import PLAN
from workbook.report.page import book_rows, write_page
from workbook.report.problems import PROBLEM_KINDS, REMEDIES
from workbook.report.run_facts import RunFacts
from workbook.report.run_state import RunState, state_from_json, state_of
from workbook.report.table import COLUMNS, ROWS, SHOWN
from workbook.request import Cause, Outcome


def page_of(outcomes: list[Outcome], said: RunFacts | None = None) -> str:
    """The page of these outcomes, lying in the working folder."""
    said = said or facts()
    file = io.StringIO()
    write_page(file, book_rows(outcomes, said, ""), said, 41.0)
    return file.getvalue()


def before(books: int) -> RunState:
    """The run of the day before, at other prices."""
    said = facts(at=NOW - timedelta(days=1), prices=BEFORE)
    return state_of(said.at, BEFORE, book_rows(desk(books, BEFORE), said, ""))


class Parsed(HTMLParser):
    """What a page holds: its elements, its texts by the element that they stand in, and its data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave the element: it must be the one that was entered last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if data.strip():
            self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)


def test_somebody_is_told_first_what_to_do() -> None:
    """The headline counts, each trouble has its group in order of harm, a sentence and a remedy."""
    text = page_of(troubled(), facts(before=before(201)))
    parsed = Parsed(text)
    assert "17 of 203 books need a person" in parsed.texts["h1"]
    groups = [kind for kind in PROBLEM_KINDS if f'id="{kind.replace(" ", "-")}"' in text]
    assert groups == list(PROBLEM_KINDS)
    places = [text.index(f'id="{kind.replace(" ", "-")}"') for kind in groups]
    assert places == sorted(places)
    assert "Post margin at" in text
    assert "Add 1000PEPE to the feed." in text
    assert "and 4 more" in text
    assert "with the run of Sun 29 Nov 2026, 02:30 UTC" in text


def test_a_quiet_desk_asks_for_nobody() -> None:
    """No trouble: the headline says so, and there is no group."""
    text = page_of(desk(60))
    assert "All 60 books are up to date" in text
    assert 'class="group ' not in text
    assert "There is no run before to compare with" in text


def test_unknown_is_never_a_number() -> None:
    """A book without a price is in no total, and its cells are question marks; so are a refused book's."""
    outcomes = [plan("books/a.xlsx", "BTC", Random(1))]  # noqa: S311 - figures, no secrets
    known = page_of(outcomes)
    fog = Outcome("books/b.xlsx", unpriced=("BTC",), outputs=outcomes[0].outputs, inputs=outcomes[0].inputs)
    text = page_of([*outcomes, fog, Outcome("books/c.xlsx", "refused", "no", "package")])
    total = re.compile(r"<dt>Exposure</dt><dd>([^<]+)</dd>")
    assert total.findall(text) == total.findall(known)
    assert "without 1 book that is unknown" in text
    line = next(row for row in text.split("<tr>") if ">c</a>" in row and "refused" in row)
    assert not re.findall(r'<td class="n">', line)


@pytest.mark.parametrize("state", ["ready", "nothing to do"])
def test_what_a_plan_stands_without_asks_for_nobody(state: str) -> None:
    """Old facts beside an order are named, and counted apart: nobody needs to act on them today."""
    old = [
        unknown(book, ("? unknown", "Fees: 40 days old"), ("? unknown", "Lot: no date"), state=state)
        for book in desk(3)
    ]
    text = page_of(old)
    assert "All 3 books are up to date" in text
    assert "Nothing asks for anybody." in text
    assert (
        text.index('id="confirm"') < text.index("Fees: 40 days old; Lot: no date.") < text.index('id="desk"')
    )
    assert "Needs a person <b>0</b>" in text
    assert "and 1 more" in text  # the three books share a line


@pytest.mark.parametrize(
    ("findings", "held", "kind", "said", "mend"),
    [
        (
            (("? missing", "ETH has no price"), ("? unknown", "Fees: old")),
            {},
            "unknown facts",
            "ETH has no price.",
            "Mend ETH has no price.",
        ),
        ((("? unknown", "Fees: old"),), {}, "unknown facts", "Fees: old.", "Mend Fees: old."),
        (
            (("? missing", "ETH has no price"),),
            {"asset": "SOL", "quantity": 3.0, "state": "not on Market"},
            "unknown facts",
            "ETH has no price; SOL: not on Market.",
            "Mend ETH has no price.",
        ),
        (
            tuple(("? missing", f"Thing {at}") for at in range(6)),
            {},
            "unknown facts",
            "Thing 0; Thing 1; Thing 2; Thing 3; and 2 more.",
            "Mend Thing 0.",
        ),
        (
            (("■ wrong", "The costs do not add up"), ("▲ warning", "10x")),
            {},
            "failed checks",
            "A check fails: The costs do not add up.",
            "says where",
        ),
    ],
)
def test_what_is_not_known_or_wrong_is_named(
    findings: tuple[tuple[str, str], ...], held: dict[str, Any], kind: str, said: str, mend: str
) -> None:
    """In the words of the book: a count tells nobody what to look for."""
    (book,) = desk(1)
    book = unknown(book, *findings, state="incomplete")
    outputs = {**book.outputs, "checks_ok": kind != "failed checks"}
    rows = {**book.rows, "Holdings": [*book.rows["Holdings"], held]}
    (row,) = book_rows([replace(book, outputs=outputs, rows=rows)], facts(), None)
    assert (row.kind, row.sentence, row.asks) == (kind, said, True)
    assert mend in row.remedy


def test_a_second_run_counts_and_a_stale_market_is_said() -> None:
    """The same trouble a second time is no news; yesterday's prices are red."""
    said = facts()
    rows = book_rows(troubled(), said, "")
    again = facts(before=state_of(NOW, BEFORE, rows), market_at=NOW - timedelta(days=3))
    text = page_of(troubled(), again)
    assert text.count(">2nd run<") == len(re.findall('class="since"', text)) > 0
    assert 'class="since new"' not in text
    assert "3 days old, stale" in text


def test_nothing_foreign_runs_and_nothing_is_fetched() -> None:
    """Hostile names are texts, links have no scheme, no attribute holds style or script."""
    text = page_of(troubled())
    parsed = Parsed(text)
    assert not parsed.open
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    assert not [tag for tag, _ in parsed.tags if tag in {"img", "iframe", "link", "object"}]
    for _, attributes in parsed.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"style", "src"}]
        assert (attributes.get("href") or "./").startswith(("./", "#"))
    assert not re.search(r"https?:|@import|url\(", text)
    assert not re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_books_of_one_point_are_a_column_and_the_farthest_is_named() -> None:
    """Thirty copies of a plan do not lie on each other; of two far ones on a side the farther is named."""

    def copy(number: int, now: float) -> Outcome:
        one = plan(f"books/a/client{number:02}.xlsx", "BTC", Random(1))  # noqa: S311 - figures, no secrets
        outputs = {**one.outputs, "plan_coverage_now": now, "plan_coverage_target": 0.5}
        return replace(one, outputs=outputs)

    text = page_of([copy(number, 0.1) for number in range(30)] + [copy(30, 0.0)])
    assert "A column holds the books of one point" in text
    assert "\u25c2 client30 \u221250" in text
    assert text.count("\u25c2 client") == 1
    assert "A dot is a book" in page_of([copy(number, number / 20) for number in range(10)])


def test_many_books_stay_small_enough_for_a_browser() -> None:
    """Rows beyond the first wait as text; beyond what a browser sorts, the page says so; charts hold all."""
    text = page_of(desk(ROWS + 20))
    data = json.loads(
        re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[0]
    )
    assert len(data["keys"]) == len(data["flags"]) == ROWS
    assert len(data["rest"]) == ROWS - SHOWN
    assert {len(keys) for keys in data["keys"]} == {len(COLUMNS)}
    assert f"The first {ROWS:,} of {ROWS + 20:,}" in text
    assert "A column holds the books of one point" in text
    assert len(text) < 10_000_000


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec=None, categories=None), min_size=1, max_size=30),
            st.dictionaries(
                st.sampled_from([*PLAN.outputs, "plan_state", "plan_coverage_now", "plan_trade_contracts"]),
                st.one_of(
                    st.none(),
                    st.booleans(),
                    st.text(max_size=8),
                    st.floats(allow_nan=False, allow_infinity=False),
                ),
            ),
            st.dictionaries(
                st.sampled_from(["mark", "liquidation", "contracts", "margin"]), st.floats(-1e9, 1e9)
            ),
        ),
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_books_hold_the_page_is_whole(
    books: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> None:
    """Any figure, blank, error or text where a number should be: a page that parses, a state that loads."""
    outcomes = [
        Outcome(
            path,
            outputs=outputs,
            inputs={"plan_capital": 5.0},
            rows={"Journal": [{**hedge, "status": "hold"}]},
        )
        for path, outputs, hedge in books
    ]
    assert not Parsed(page_of(outcomes)).open
    rows = book_rows(outcomes, facts(), None)
    state = state_of(NOW, BEFORE, rows)
    assert state_from_json(state.to_json().encode()) == state or any(outputs for _, outputs, _ in books)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b'{"form":2}', b'{"form":1,"at":"x"}', b"\xff", b"[" * 100_000]
)
def test_a_state_that_cannot_be_read_is_no_run_before(text: bytes) -> None:
    """Nothing rests on it."""
    assert state_from_json(text) is None


def test_every_cause_has_a_remedy() -> None:
    """Whatever goes wrong, the page says what to do."""
    assert {*REMEDIES, ""} == set(Cause.__args__)  # type: ignore[attr-defined] # a Literal has them


def browser() -> str:
    """Chromium, or a skip."""
    found = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


def dumped(page: Path, folder: Path, width: int = 1400) -> str:
    """The page as the browser has it when its scripts have run."""
    return subprocess.run(
        [
            browser(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",  # small in containers
            "--disable-background-networking",
            "--allow-file-access-from-files",
            "--no-first-run",
            f"--user-data-dir={folder / 'profile'}",
            f"--window-size={width},900",
            "--virtual-time-budget=3000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=250,
        check=True,
    ).stdout


PROBE = """<script>
  const done = {};
  const head = (word) => [...document.querySelectorAll("#table thead tr:last-child th")]
    .find((th) => th.textContent === word).querySelector("button");
  const rows = () => [...document.querySelectorAll("#table tbody tr")].map((row) => row.cells[0].textContent);
  head("Exposure").click();
  done.largest = rows()[0];
  head("Exposure").click();
  done.smallest = rows()[0];
  document.querySelector('[data-f="dead"]').click();
  done.dead = rows().length;
  document.querySelector('[data-f=""]').click();
  document.body.dataset.done = JSON.stringify(done);
</script></body>"""


def test_browser_sorts_and_filters(tmp_path: Path) -> None:
    """In a real browser the policy lets our script run and no other; a click sorts, a chip filters."""
    page = tmp_path / "run.html"
    page.write_text(page_of(troubled()), encoding="utf-8")
    shown = dumped(page, tmp_path)
    assert 'id="told" role="status">203 books<' in shown
    assert "owned" not in shown
    assert re.search(r'id="more" hidden=""', shown)
    probed = tmp_path / "probe.html"
    text = re.sub(r"script-src [^\"]+", "script-src 'unsafe-inline'", page.read_text(encoding="utf-8"))
    probed.write_text(text.replace("</body>", PROBE), encoding="utf-8")
    done = json.loads(re.findall(r'data-done="([^"]+)"', dumped(probed, tmp_path))[0].replace("&quot;", '"'))
    exposures = {
        outcome.path.removeprefix("books/").removesuffix(".xlsx"): float(
            str(outcome.outputs["plan_exposure"])
        )
        for outcome in troubled()
        if outcome.outputs and not outcome.unpriced
    }
    assert done["largest"] == max(exposures, key=exposures.__getitem__)
    assert done["smallest"] == min(exposures, key=exposures.__getitem__)
    assert done["dead"] == 3


@pytest.mark.parametrize("width", [390, 1400])
def test_page_scrolls_sideways_nowhere(tmp_path: Path, width: int) -> None:
    """At the width of a phone as on a screen, only the table and the chips may be wider than the page."""
    page = tmp_path / "run.html"
    page.write_text(page_of(troubled(), facts(before=before(201))), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<iframe id="page" src="run.html" width="{width}" height="900" style="border:0"></iframe>'
        "<script>page.onload = () => { const d = page.contentDocument.documentElement; "
        "document.body.dataset.wide = d.scrollWidth + ' ' + d.clientWidth; };</script>"
    )
    (wide,) = re.findall(r'data-wide="(\d+ \d+)"', dumped(frame, tmp_path, 1600))
    scrolled, inside = map(int, wide.split())
    assert scrolled <= inside <= width


def test_links_lead_to_books_or_are_plain() -> None:
    """A book that shares no root with the page is named, not linked; no name can leave its address."""
    said = facts()
    linked, plain = (
        book_rows([Outcome(HOSTILE), Outcome("/elsewhere/a.xlsx")], said, way) for way in ("../", None)
    )
    assert [row.link is None for row in linked] == [False, True]
    assert [row.link for row in plain] == [None, None]
    assert "%3Cimg" in page_of([Outcome(HOSTILE)])
