"""docs/batch.md says what the command and the layout say."""

import re
from pathlib import Path

import typer.main

from addin.shell.recalc import app
from workbook.batch.report import WRITERS
from workbook.batch.report_rows import COLUMNS

PAGE = (Path(__file__).parents[1] / "docs" / "batch.md").read_text(encoding="utf-8")


def test_every_option_is_explained() -> None:
    """The table of options is the command's own, whole."""
    command = typer.main.get_command(app)
    options = {word for parameter in command.params for word in parameter.opts if word.startswith("--")}
    assert set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE)) == options - {"--help"}


def test_columns_and_kinds_are_named() -> None:
    """Report columns and the kinds of report are those of the code."""
    assert ", ".join(COLUMNS) in PAGE
    assert all(f"`{ending}`" in PAGE for ending in WRITERS if ending != ".ndjson")
