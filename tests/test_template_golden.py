"""The default book is the one that was looked at and approved, line by line.

After a change that is meant: `python tests/test_template_golden.py` from the project's folder writes
the golden text anew; read its difference before you commit it.
"""

import io
from pathlib import Path

import openpyxl
from support.book_text import told

from workbook.template import book_bytes

GOLDEN = Path(__file__).parent / "golden" / "two-asset.txt"


def text() -> str:
    """The default book in lines."""
    package = io.BytesIO(book_bytes())
    return (
        "\n".join(told(openpyxl.load_workbook(package), openpyxl.load_workbook(package, data_only=True)))
        + "\n"
    )


def test_the_book_is_the_approved_one() -> None:
    """Names, tables, rules, charts, formulas, values and looks are those of the golden book."""
    assert text().splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    GOLDEN.write_text(text(), encoding="utf-8", newline="\n")
