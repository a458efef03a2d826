"""Migration: every input of an old plan stands in the new book, and the old book beside it."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.plan_books import cell, edited, example, put, recalculated, row_cell, written

from workbook import check_book
from workbook.cells import Value
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.plan.saved import opened
from workbook.template.migrate import migrate_book, share_book
from workbook.validate import is_sound


def inputs(path: Path) -> dict[str, Value]:
    """Every input of a plan: named cells, and cells of tables by row."""
    with opened(path) as saved:
        found = {name: saved.value(name) for name in PLAN.inputs}
        for name, table in PLAN.tables.items():
            for number, row in enumerate(saved.rows(name), 1):
                given = [column.name for column in table.columns if column.is_input]
                found |= {f"{name}.{column}.{number}": row.get(column) for column in given}
    return {name: value for name, value in found.items() if value not in (None, "")}


def older(book: Any) -> None:
    """A plan of a version before the present one, whose owner added things and typed odd values."""
    put(cell("template_version"), "0")(book)
    put(cell("plan_ratio"), 0.55)(book)
    put(cell("plan_capital"), None)(book)
    put(row_cell("Holdings", "asset", 4), "SOL")(book)
    put(row_cell("Holdings", "quantity", 4), "12,5")(book)
    put(row_cell("Market", "source", 2), "'=HYPERLINK(1)")(book)
    book.create_sheet("My notes")["A1"] = "sell high"


def test_inputs_are_kept_and_the_old_book_too(tmp_path: Path) -> None:
    """The new book is of the present version, holds every input; the old one lies beside."""
    old = recalculated(edited(older))
    path = written(tmp_path, old)
    before = inputs(path)
    migration = migrate_book(path)
    assert migration is not None
    assert (migration.book, migration.kept) == (path, tmp_path / "plan (template 0).xlsx")
    assert migration.kept.read_bytes() == old
    assert inputs(path) == before
    assert migration.taken == len(before)
    with opened(path) as saved:
        assert saved.version == PLAN.version
        assert saved.value("plan_ratio") == 0.55
        assert saved.value("plan_capital") is None
    assert "the sheet My notes is no part of the template" in migration.left


def test_migrated_book_is_as_sound_as_its_inputs(tmp_path: Path) -> None:
    """After a migration the validator finds what was wrong with the inputs, and nothing else."""
    path = written(tmp_path, recalculated(edited(older)))
    migrate_book(path)
    errors = [finding for finding in check_book(path) if finding.severity == "error"]
    assert {finding.sheet for finding in errors} <= {"Holdings", "Checks"}
    assert any('"12,5"' in finding.fault for finding in errors)


def test_present_plan_is_left_alone(tmp_path: Path) -> None:
    """A plan of the present version that stands as it should is not touched."""
    path = written(tmp_path, example())
    assert migrate_book(path) is None
    assert path.read_bytes() == example()
    assert list(tmp_path.iterdir()) == [path]


def test_broken_plan_is_made_anew(tmp_path: Path) -> None:
    """A plan of the present version whose formulas were lost gets them back with its inputs."""

    def spoil(book: Any) -> None:
        put(cell("plan_margin"), 480)(book)
        put(row_cell("Holdings", "price"), 30_000)(book)

    path = written(tmp_path, recalculated(edited(spoil)))
    before = inputs(path)
    assert migrate_book(path) is not None
    assert is_sound(check_book(path))
    assert inputs(path) == before


@pytest.mark.parametrize(
    "venue", ["Krakken", "broker is missing", "where it is calculated", "was renamed", "own formula"]
)
def test_words_of_an_input_rebuild_no_plan(tmp_path: Path, venue: str) -> None:
    """Whether a plan is broken is decided by the kinds of its findings, not by the words in them."""
    path = written(tmp_path, recalculated(edited(put(cell("plan_venue"), venue))))
    assert any(venue in finding.fault for finding in check_book(path))
    assert migrate_book(path) is None


def test_formula_in_an_input_is_said(tmp_path: Path) -> None:
    """A calculated input is taken as its value, and that is said."""

    def calculated(book: Any) -> None:
        put(cell("template_version"), "0")(book)
        put(cell("plan_capital"), "=500+700")(book)

    path = written(tmp_path, recalculated(edited(calculated)))
    migration = migrate_book(path)
    assert migration is not None
    assert any("plan_capital" in said and "its value was taken" in said for said in migration.left)
    assert inputs(path)["plan_capital"] == 1200


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    """A text that begins with = is carried over as text: a book can't smuggle a formula in."""

    def smuggle(book: Any) -> None:
        put(cell("template_version"), "0")(book)
        sheet, address = row_cell("Market", "source")
        book[sheet][address] = "=1+1"
        book[sheet][address].data_type = "s"

    path = written(tmp_path, recalculated(edited(smuggle)))
    migrate_book(path)
    sheet, address = row_cell("Market", "source")
    kept = openpyxl.load_workbook(path)[sheet][address]
    assert (kept.value, kept.data_type) == ("=1+1", "s")


def test_control_characters_are_left_out(tmp_path: Path) -> None:
    """A sign that no new book can hold is left out, and that is said."""
    old = recalculated(edited(put(cell("template_version"), "0")))
    with zipfile.ZipFile(io.BytesIO(old)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part.replace(b"figures of the article", b"figures_x001B_ of the article"))
    path = written(tmp_path, content.getvalue())
    migration = migrate_book(path)
    assert migration is not None
    assert any("control characters" in said for said in migration.left)
    with opened(path) as saved:
        assert {row.get("source") for row in saved.rows("Market")} - {None, ""} == {"figures of the article"}


def test_second_migration_keeps_both_old_books(tmp_path: Path) -> None:
    """An old book is never written over by a later one."""
    old = recalculated(edited(older))
    for _ in range(2):
        path = written(tmp_path, old)
        migrate_book(path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["plan (template 0 2).xlsx", "plan (template 0).xlsx", "plan.xlsx"]


def test_macro_book_stays_and_gets_a_new_one_beside(tmp_path: Path) -> None:
    """An .xlsm plan is kept as it is: the new book is an .xlsx of the same name."""
    old = recalculated(edited(older))
    path = written(tmp_path, old, "plan.xlsm")
    migration = migrate_book(path)
    assert migration is not None
    assert (migration.book.name, migration.kept) == ("plan.xlsx", path)
    assert path.read_bytes() == old
    with pytest.raises(BookError, match="exists already"):
        migrate_book(path)


def test_stranger_is_refused(tmp_path: Path) -> None:
    """A book that is no plan is refused and not touched."""
    book = openpyxl.Workbook()
    path = tmp_path / "other.xlsx"
    book.save(path)
    content = path.read_bytes()
    with pytest.raises(BookError, match="no plan of microhedge"):
        migrate_book(path)
    assert path.read_bytes() == content


def test_read_only_plan_is_refused(tmp_path: Path) -> None:
    """A plan that may not be written stays as it is, and nothing is left beside it."""
    old = recalculated(edited(older))
    path = written(tmp_path, old)
    path.chmod(0o444)
    with pytest.raises(PermissionError):
        migrate_book(path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_plan_that_is_open_elsewhere_is_refused(tmp_path: Path) -> None:
    """A plan that Excel has open is not written over."""
    path = written(tmp_path, recalculated(edited(older)))
    (tmp_path / "~$plan.xlsx").write_bytes(b"")
    with pytest.raises(BookError, match="somebody has it open"):
        migrate_book(path)


def test_the_edition_is_kept_unless_another_is_asked_for(tmp_path: Path) -> None:
    """A sound plan of the wanted edition stays; inputs go over both ways."""
    path = written(tmp_path, example())
    before = inputs(path)
    assert migrate_book(path, edition="add-in") is None
    assert migrate_book(path, edition="native") is not None
    assert migrate_book(path) is None
    with opened(path) as saved:
        assert saved.edition == "native"
    assert inputs(path) == before
    assert is_sound(check_book(path))
    assert migrate_book(path, edition="add-in") is not None
    assert inputs(path) == before


def test_a_shared_book_is_a_native_copy(tmp_path: Path) -> None:
    """The plan stays as it is; an existing file is never written over."""
    path = written(tmp_path, example())
    content = path.read_bytes()
    target = tmp_path / "for you.xlsx"
    assert share_book(path, target) == ()
    assert path.read_bytes() == content
    with opened(target) as saved:
        assert saved.edition == "native"
    assert inputs(target) == inputs(path)
    with pytest.raises(BookError, match="exists already"):
        share_book(path, target)
    with pytest.raises(BookError, match=r"an \.xlsx file"):
        share_book(path, tmp_path / "plan.ods")
