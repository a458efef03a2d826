"""The validator: each of the ways in which people break a plan is found, named and mended in words."""

import datetime as dt
import io
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink
from support.plan_books import Edit, cell, edited, example, put, recalculated, row_cell, span, written

from workbook import check_book
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.validate import Finding, is_sound

TODAY = dt.date(2026, 11, 22)


def findings(folder: Path, package: bytes, today: dt.date = TODAY) -> list[Finding]:
    """What the validator says of a book."""
    return check_book(written(folder, package), today)


def grave(found: list[Finding]) -> list[Finding]:
    """The findings that speak against a book."""
    return [finding for finding in found if finding.severity != "note"]


def where(place: tuple[str, str]) -> str:
    """A cell as a finding names it."""
    return "!".join(place)


@pytest.mark.parametrize("name", ["two-asset", "btc", "portfolio", "blank"])
def test_new_book_is_sound(tmp_path: Path, name: str) -> None:
    """Every example passes; what is only to be known is a note."""
    assert grave(findings(tmp_path, example(name))) == []


def test_blank_input_is_no_fault(tmp_path: Path) -> None:
    """What is still to be filled in is said, and the book is sound."""
    found = findings(tmp_path, example("blank"))
    assert any(f.place == where(cell("plan_capital")) and "not filled in" in f.fault for f in found)


TYPED: list[tuple[str, tuple[str, str], Any, str, str]] = [
    ("percent typed as 40", cell("plan_ratio"), 40, "a number from 0 to 2, got 40", "type 40% or 0.4"),
    ("decimal comma", cell("plan_ratio"), "0,4", 'is "0,4", text with a comma', "as in 0.4"),
    ("number as text", cell("plan_capital"), "1000", "a number typed as text", "give it a number format"),
    ("word for a number", cell("plan_horizon"), "a week", 'got "a week"', "a number from 1 to 3650"),
    ("leverage of 0", cell("plan_leverage"), 0, "a number from 1 to 500, got 0", "Leverage"),
    ("truth for a number", cell("plan_capital"), True, "got True", "a number from 0"),
    ("number for a word", cell("plan_venue"), 7, "must be a word, got 7", "Choose from the list"),
    ("no choice", cell("plan_method"), "gamma", 'is "gamma", which is no choice', "dollar-neutral, beta"),
    ("unknown venue", cell("plan_venue"), "Nowhere", "which the sheet Venues does not know", "Binance"),
    ("blank around", cell("plan_instrument"), "BTC ", "with blanks around it", "Type BTC again"),
    ("unknown symbol", row_cell("Holdings", "asset"), "XRP", "the sheet Market does not know", "BTC, ETH"),
    ("negative quantity", row_cell("Holdings", "quantity"), -0.1, "got -0.1", "without the minus sign"),
    ("quantity as text", row_cell("Holdings", "quantity"), "0.1", "a number typed as text", "Clear the cell"),
    ("quantity with comma", row_cell("Holdings", "quantity"), "0,1", "text with a comma", "as in 0.4"),
    ("date as text", row_cell("Market", "as_of"), "1.1.2026", "a date typed as text", "as in 2026-01-31"),
    ("ISO date as text", row_cell("Market", "as_of"), "2026-01-01", "a date typed as text", "date format"),
    ("year alone", row_cell("Market", "as_of"), 2026, "a date from 2009-01-03", "Day"),
    ("price as error", row_cell("Market", "spot"), "#N/A", "Spot is the error #N/A", "a number from 1e-12"),
    ("symbol twice", row_cell("Market", "symbol", 2), "BTC", "BTC stands twice in Symbol", "Clear one"),
    ("row without key", row_cell("Market", "spot", 9), 5, "is blank in a row that is filled in", "Fill in"),
]


BUNDLES: list[tuple[str, tuple[str, str], float, str]] = [
    ("mark of a bundle", row_cell("Market", "mark"), 30_300_000, "mark of BTC is about 1,000 times its spot"),
    ("spot of a bundle", row_cell("Market", "mark"), 30.1, "spot price of BTC is about 1,000 times its mark"),
    ("of a million", row_cell("Market", "index"), 3e10, "index of BTC is about 1,000,000 times its spot"),
    ("price before", row_cell("Market", "before"), 29.8, "spot price of BTC is about 1,000 times its before"),
    ("entry", row_cell("Journal", "entry"), 45_000_000, "entry of BTC is about 1,000 times its spot price"),
]


@pytest.mark.parametrize(("place", "price", "fault"), [row[1:] for row in BUNDLES], ids=lambda v: str(v)[:20])
def test_price_of_a_bundle_is_named(tmp_path: Path, place: tuple[str, str], price: float, fault: str) -> None:
    """1000PEPE's price beside PEPE's: one of them is 1,000 or 1,000,000 times the other."""
    book = edited(put(place, price), edited(put(row_cell("Journal", "symbol"), "BTC"), example("two-asset")))
    (found,) = (f for f in findings(tmp_path, book, dt.date(2026, 1, 1)) if f.kind == "price-of-bundle")
    assert fault in found.fault
    assert (found.severity, found.place) == ("warning", where(place))
    assert "divided by 1,000" in found.mend


@pytest.mark.parametrize("times", [900, 1_050, 30, 999_999_999])
def test_other_factors_are_no_bundle(tmp_path: Path, times: float) -> None:
    """Prices of one moment must be within 2 % of the factor."""
    book = edited(put(row_cell("Market", "mark"), 30_000 * times), example("two-asset"))
    found = findings(tmp_path, book, dt.date(2026, 1, 1))
    assert not [f for f in found if f.kind == "price-of-bundle"]


@pytest.mark.parametrize(
    ("place", "value", "fault", "mend"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED]
)
def test_unusable_input_is_named(
    tmp_path: Path, place: tuple[str, str], value: Any, fault: str, mend: str
) -> None:
    """An input of the wrong type, out of its range or unknown is an error at its cell, with a mend."""
    found = findings(tmp_path, edited(put(place, value)))
    errors = [f for f in found if f.severity == "error" and fault in f.fault]
    row = place[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert [(f.sheet, f.cell[-len(row) :]) for f in errors] == [(place[0], row)]
    assert mend in errors[0].mend
    assert not is_sound(found)


TRADE = {
    "symbol": "BTC",
    "contracts": 0.01,
    "entry": 30_000,
    "opened": dt.datetime(2026, 1, 1),
    "kind": "linear",
    "venue": "Binance",
    "contract_size": 1,
    "leverage": 5,
}

NEEDED = [
    ("Holdings", "quantity", "Quantity is blank in a row that is in use"),
    ("Costs", "kind", "Kind is blank in a row that is in use"),
    ("Journal", "entry", "Entry is blank in a row that is in use"),
    ("Journal", "opened", "Opened is blank in a row that is in use"),
    ("Market", "spot", "BTC is in use and has no price"),
]


@pytest.mark.parametrize(("table", "column", "fault"), NEEDED)
def test_blank_cell_in_a_used_row_is_an_error(tmp_path: Path, table: str, column: str, fault: str) -> None:
    """A blank is not zero: a row in use that lacks a figure is named before its result is believed."""
    place = row_cell(table, column)

    def blank(book: Any) -> None:
        for named, value in TRADE.items():
            put(row_cell("Journal", named), value)(book)
        put(place, None)(book)

    found = [f for f in findings(tmp_path, edited(blank)) if f.fault == fault]
    assert [(f.severity, f.place) for f in found] == [("error", where(place))]


def test_formula_in_an_input_is_a_note(tmp_path: Path) -> None:
    """Who calculates an input may; that no program can write it any more is said."""
    book = recalculated(edited(put(cell("plan_capital"), "=500+500")))
    found = findings(tmp_path, book)
    assert grave(found) == []
    assert any(f.place == where(cell("plan_capital")) and "holds a formula" in f.fault for f in found)


FORMULAS: list[tuple[str, Edit, str, str, str]] = [
    ("result typed over", put(cell("plan_margin"), 480), "error", where(cell("plan_margin")), "typed value"),
    ("result cleared", put(cell("plan_cost"), None), "error", where(cell("plan_cost")), "is empty where"),
    (
        "another formula",
        put(cell("plan_margin"), "=plan_feasible_notional/4"),
        "warning",
        where(cell("plan_margin")),
        "not calculated by its own formula",
    ),
    (
        "row typed over",
        put(row_cell("Holdings", "price", 2), 2_000),
        "error",
        where(row_cell("Holdings", "price", 2)),
        "holds a typed value where the column Price is calculated",
    ),
    (
        "row drifted",
        put(row_cell("Holdings", "value", 2), "=3000"),
        "warning",
        where(row_cell("Holdings", "value", 2)),
        "the column Value is not calculated by its own formula",
    ),
    ("constant changed", put(cell("one_percent"), 1), "error", where(cell("one_percent")), "a fixed value"),
]


@pytest.mark.parametrize(
    ("edit", "severity", "place", "fault"), [row[1:] for row in FORMULAS], ids=[row[0] for row in FORMULAS]
)
def test_lost_formula_is_named(tmp_path: Path, edit: Edit, severity: str, place: str, fault: str) -> None:
    """A formula that was replaced is found at its cell, and the mend says it in full."""
    found = [f for f in findings(tmp_path, recalculated(edited(edit))) if fault in f.fault]
    assert [(f.severity, f.place) for f in found] == [(severity, place)]
    assert "=" in found[0].mend or "again" in found[0].mend


def test_pasted_column_is_one_finding(tmp_path: Path) -> None:
    """A column pasted over with values is one finding, not one a row."""
    sheet, first = row_cell("Holdings", "weight")
    last = row_cell("Holdings", "weight", 50)[1]

    def paste(book: Any) -> None:
        for row in book[sheet][f"{first}:{last}"]:
            row[0].value = 0.5

    found = [f for f in findings(tmp_path, edited(paste)) if "column Weight" in f.fault]
    assert [f.place for f in found] == [f"{sheet}!{first}:{last}"]


def renamed(book: Any) -> None:
    """Market is called Prices."""
    book["Market"].title = "Prices"


def deleted(book: Any) -> None:
    """Holdings is gone."""
    del book["Holdings"]


def without_name(book: Any) -> None:
    """The name of the ratio is gone."""
    del book.defined_names["plan_ratio"]


def lost_name(book: Any) -> None:
    """The cell of the ratio was deleted."""
    book.defined_names["plan_ratio"] = DefinedName("plan_ratio", attr_text="Plan!#REF!")


def wide_name(book: Any) -> None:
    """The name of the ratio covers more than its cell."""
    sheet, ratio = cell("plan_ratio")
    book.defined_names["plan_ratio"] = DefinedName("plan_ratio", attr_text=f"{sheet}!{ratio}:Z40")


def without_table(book: Any) -> None:
    """Holdings is plain cells."""
    del book["Holdings"].tables["Holdings"]


def renamed_column(book: Any) -> None:
    """Quantity is called Amount."""
    sheet, first = row_cell("Holdings", "quantity")
    book[sheet].tables["Holdings"].tableColumns[1].name = "Amount"
    book[sheet][first[0] + str(int(first[1:]) - 1)] = "Amount"


def short_list(book: Any) -> None:
    """The list of symbols ends too early."""
    book.defined_names["market_symbols"] = DefinedName(
        "market_symbols", attr_text=span("Market", "symbol", 1, 2)
    )


def linked(book: Any) -> None:
    """A formula fetches a price from another book."""
    book["Plan"]["M40"] = "=[1]Prices!A1"
    link = ExternalLink(externalBook=ExternalBook(id="rId1"))
    link.file_link = Relationship(
        "rId1", type="externalLinkPath", Target="prices.xlsx", TargetMode="External"
    )
    book._external_links.append(link)


STRUCTURE: list[tuple[Edit, str, str, str]] = [
    (renamed, "warning", "Prices", "the sheet Market was renamed to Prices"),
    (deleted, "error", "Holdings", "the sheet Holdings is missing"),
    (without_name, "error", where(cell("plan_ratio")), "the name plan_ratio is missing"),
    (lost_name, "error", where(cell("plan_ratio")), "the name plan_ratio points nowhere"),
    (wide_name, "error", f"{where(cell('plan_ratio'))}:Z40", "the name plan_ratio points at"),
    (without_table, "error", "Holdings!Holdings", "the table Holdings is missing"),
    (
        renamed_column,
        "error",
        where(row_cell("Holdings", "quantity", 0)),
        'Quantity of the table Holdings was renamed to "Amount"',
    ),
    (short_list, "error", span("Market", "symbol", 1, 2), "market_symbols does not cover its part"),
    (put(("Plan", "M40"), "=NOSUCHFUNCTION(1)"), "error", "Plan!M40", "calls the function NOSUCHFUNCTION"),
    (put(cell("template_version"), "0"), "warning", "template_version", "of version 0 of the template"),
    (linked, "warning", "xl/externalLinks/externalLink1.xml", "linked to another file: prices.xlsx"),
]


@pytest.mark.parametrize(
    ("edit", "severity", "place", "fault"), STRUCTURE, ids=[str(row[3])[:40] for row in STRUCTURE]
)
def test_broken_structure_is_named(tmp_path: Path, edit: Edit, severity: str, place: str, fault: str) -> None:
    """A sheet, name, table or column that is not where it belongs is found, whatever else breaks."""
    found = [f for f in findings(tmp_path, edited(edit)) if fault in f.fault]
    assert [(f.severity, f.place) for f in found] == [(severity, place)]
    assert found[0].mend


def test_missing_sheet_is_said_once(tmp_path: Path) -> None:
    """The names and tables that went with a sheet are not listed on top of it."""
    errors = [f for f in findings(tmp_path, edited(deleted)) if f.severity == "error"]
    assert [f.fault for f in errors if f.sheet == "Holdings"] == ["the sheet Holdings is missing"]


def test_hidden_cells_are_noted(tmp_path: Path) -> None:
    """Hidden columns, rows and sheets still count, and that is said."""
    first, last = row_cell("Holdings", "asset", 0), row_cell("Holdings", "state", 0)

    def hide(book: Any) -> None:
        book["Market"].column_dimensions["C"].hidden = True
        book["Holdings"].row_dimensions[PLAN.tables["Holdings"].header_row].hidden = True
        book["Checks"].sheet_state = "veryHidden"

    found = {f.place for f in findings(tmp_path, edited(hide)) if "hidden" in f.fault}
    assert {span("Market", "spot", 0, 20), f"{where(first)}:{last[1]}", "Checks"} <= found


def test_openpyxl_copy_has_no_values(tmp_path: Path) -> None:
    """A copy saved by openpyxl keeps the plan and loses every result: one warning, no noise."""
    copy = edited(lambda _: None)
    found = grave(findings(tmp_path, copy))
    assert [f.severity for f in found] == ["warning"]
    assert "has a result" in found[0].fault
    assert grave(findings(tmp_path, recalculated(copy))) == []


def facts_of(day: dt.datetime) -> Edit:
    """Every contract's facts are of that day."""

    def change(book: Any) -> None:
        for row in range(1, PLAN.tables["Contracts"].rows + 1):
            sheet, venue = row_cell("Contracts", "venue", row)
            if book[sheet][venue].value:
                put(row_cell("Contracts", "as_of", row), day)(book)

    return change


def test_failing_check_of_the_book_is_an_error(tmp_path: Path) -> None:
    """A check on the Checks sheet that is false is an error there, with the sheet's own mend."""

    def lever(book: Any) -> None:
        facts_of(dt.datetime(2026, 1, 1))(book)
        put(cell("plan_leverage"), 150)(book)

    found = [
        f for f in findings(tmp_path, recalculated(edited(lever))) if f.place == where(cell("check_leverage"))
    ]
    assert [(f.severity, f.mend) for f in found] == [("error", "Plan: lower the leverage.")]


def test_warning_of_the_plan_is_a_note(tmp_path: Path) -> None:
    """A plan may be unwise in a sound book."""
    found = findings(tmp_path, example("btc"))
    assert ("note", "the plan warns: The leverage is high") in {(f.severity, f.fault) for f in found}


STALE: list[tuple[str, Edit, dt.date, str | None]] = [
    ("fresh", put(cell("plan_as_of"), None), dt.date(2026, 1, 2), None),
    ("stale", put(cell("plan_as_of"), None), dt.date(2026, 1, 3), "the price is of 2026-01-01"),
    (
        "by the plan's day",
        put(cell("plan_as_of"), dt.datetime(2026, 2, 1)),
        dt.date(2026, 1, 1),
        "2026-02-01",
    ),
    ("undated", put(row_cell("Market", "as_of"), None), TODAY, "the price has no date"),
]


@pytest.mark.parametrize(
    ("edit", "today", "fault"), [row[1:] for row in STALE], ids=[row[0] for row in STALE]
)
def test_stale_price_is_a_warning(tmp_path: Path, edit: Edit, today: dt.date, fault: str | None) -> None:
    """A price older than the limit of a day, on the plan's day or else today, is a warning at its date."""
    found = [f for f in findings(tmp_path, edited(edit), today) if f.fault.startswith("the price")]
    assert bool(found) == bool(fault)
    assert all(f.severity == "warning" and str(fault) in f.fault for f in found)


def test_stale_facts_are_noted(tmp_path: Path) -> None:
    """Facts of a contract in use that are older than 30 days are said, and spoil no book."""

    def dated(day: dt.datetime) -> Edit:
        def change(book: Any) -> None:
            facts_of(day)(book)
            put(cell("plan_as_of"), dt.datetime(2026, 3, 1))(book)

        return change

    old = findings(tmp_path, edited(dated(dt.datetime(2026, 1, 1))))
    fresh = findings(tmp_path, edited(dated(dt.datetime(2026, 2, 20))))
    assert {f.severity for f in old if "contract's facts" in f.fault} == {"note"}
    assert not [f for f in fresh if "contract's facts" in f.fault]


def test_error_is_found_at_its_root(tmp_path: Path) -> None:
    """Of a chain of errors the first is named, the others are counted."""
    book = recalculated(edited(put(cell("plan_today"), "=NA()")))
    found = findings(tmp_path, book)
    shown = [f for f in found if f.fault == "shows the error #N/A"]
    assert [f.place for f in shown] == [where(cell("plan_today"))]
    assert any(f.severity == "note" and "beside this one and its like" in f.fault for f in found)


def stranger() -> bytes:
    """A book that is no plan, with an error in it."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "#DIV/0!"
    book.worksheets[0]["A1"].data_type = "e"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_crowd_of_errors_is_counted(tmp_path: Path) -> None:
    """A sheet full of errors gives a list that a person can read."""
    book = openpyxl.Workbook()
    for row in range(1, 3_001, 2):
        book.worksheets[0][f"A{row}"] = "#N/A"
    saved = io.BytesIO()
    book.save(saved)
    found = findings(tmp_path, saved.getvalue())
    assert len(found) < 300
    assert any("beside this one and its like: 1300" in f.fault for f in found)


def test_table_down_to_the_last_row_is_checked_at_once(tmp_path: Path) -> None:
    """A table that was pulled over the whole sheet costs no more than its cells."""

    def pull(book: Any) -> None:
        table = book["Holdings"].tables["Holdings"]
        table.ref = f"{table.ref.partition(':')[0]}:J1048576"
        book.defined_names["plan_settings"] = DefinedName("plan_settings", attr_text="Plan!$A$1:$XFD$1048576")

    found = findings(tmp_path, edited(pull))
    assert any(f.fault.startswith("the name plan_settings does not cover") for f in found)
    assert len(found) < 100


def test_stranger_gets_general_findings(tmp_path: Path) -> None:
    """A book that is no plan is told so, and checked for what any book may have."""
    found = findings(tmp_path, stranger())
    assert [f.fault for f in found] == [
        "the book is no plan of microhedge: it has no name template_version",
        "shows the error #DIV/0!",
    ]


def test_link_to_our_addin_is_no_guest(tmp_path: Path) -> None:
    """Excel saves a call of the add-in with a link to it: neither the link nor the spelling is a fault."""

    def saved_with_the_addin(book: Any) -> None:
        link = ExternalLink(externalBook=ExternalBook(id="rId1"))
        target = "file:///C:\\Users\\me\\XLSTART\\microhedge.xlam"
        link.file_link = Relationship("rId1", type="externalLinkPath", Target=target, TargetMode="External")
        book._external_links.append(link)
        sheet, result = cell("plan_margin_trade")
        ours = book[sheet][result].value
        assert "HEDGE_MARGIN(" in ours
        book[sheet][result] = ours.replace("HEDGE_MARGIN(", "[1]!HEDGE_MARGIN(")

    assert grave(findings(tmp_path, recalculated(edited(saved_with_the_addin)))) == []


def test_settings_of_the_book_are_told(tmp_path: Path) -> None:
    """Days counted from 1904 are an error, calculation on demand is a note."""

    def settle(book: Any) -> None:
        book.epoch = dt.datetime(1904, 1, 1)
        book.calculation.calcMode = "manual"

    found = {(f.severity, f.fault.partition(":")[0]) for f in findings(tmp_path, edited(settle))}
    assert ("error", "the book counts its days from 1904") in found
    assert ("note", "the book calculates only when it is told to") in found


def test_macros_are_named(tmp_path: Path) -> None:
    """A plan with a VBA project gets a warning: nothing here runs it."""
    content = io.BytesIO(example())
    with zipfile.ZipFile(content, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macros")
    found = grave(findings(tmp_path, content.getvalue()))
    assert [(f.severity, f.place, f.fault) for f in found] == [
        ("warning", "xl/vbaProject.bin", "the book holds macros")
    ]


HOSTILE = [
    b"",
    b"asset,quantity\nBTC,1\n",
    b"PK\x03\x04 and no more",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 64,
]


@pytest.mark.parametrize("content", HOSTILE)
def test_file_that_is_no_book_is_refused(tmp_path: Path, content: bytes) -> None:
    """A text, an empty, a truncated or an encrypted file is refused by its name."""
    path = written(tmp_path, content)
    with pytest.raises(BookError, match=r"plan\.xlsx"):
        check_book(path, TODAY)


def test_every_part_damaged_in_turn_is_refused_or_reported(tmp_path: Path) -> None:
    """Whatever part of the package is damaged, the answer is a refusal or findings, never a crash."""
    with zipfile.ZipFile(io.BytesIO(example())) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for damaged in parts:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as package:
            for name, part in parts.items():
                package.writestr(name, part[: len(part) // 2] if name == damaged else part)
        path = written(tmp_path, content.getvalue())
        with suppress(BookError):
            assert check_book(path, TODAY) is not None


def test_real_books_are_checked_or_refused(shared: Path) -> None:
    """Books saved by real Excel, most of them odd, get findings or a refusal."""
    for path in sorted((shared / "books" / "excel_features").glob("*.xls[xm]")):
        try:
            found = check_book(path, TODAY)
        except BookError:
            continue
        assert any("no plan of microhedge" in f.fault for f in found)
