"""The kinds of findings: how grave each is, what it says, how it is mended.

Programs decide by the kind; the sentences are for people alone.
"""

from enum import StrEnum
from typing import Final, Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")


class Kind(StrEnum):
    """What is wrong; the value is what `--format json` calls it."""

    NO_PLAN = "no-plan"
    OTHER_VERSION = "other-version"

    SHEET_MISSING = "sheet-missing"
    SHEET_RENAMED = "sheet-renamed"
    SHEET_COPY = "sheet-copy"
    NAME_MISSING = "name-missing"
    NAME_LOST = "name-lost"
    NAME_NO_CELL = "name-no-cell"
    NAME_WIDE = "name-wide"
    NAME_SHORT = "name-short"
    ROW_INSERTED = "row-inserted"
    BLOCK_NAME = "block-name"
    TABLE_MISSING = "table-missing"
    TABLE_RENAMED = "table-renamed"
    TABLE_SHORT = "table-short"
    BELOW_TABLE = "below-table"
    COLUMN_MISSING = "column-missing"
    COLUMN_RENAMED = "column-renamed"
    COLUMN_OWN = "column-own"

    FORMULA_EMPTY = "formula-empty"
    FORMULA_TYPED_OVER = "formula-typed-over"
    FORMULA_LOST_CELLS = "formula-lost-cells"
    FORMULA_OTHER = "formula-other"
    CONSTANT_CHANGED = "constant-changed"

    INPUT_BLANK = "input-blank"
    INPUT_FORMULA = "input-formula"
    INPUT_ERROR = "input-error"
    INPUT_NO_WORD = "input-no-word"
    INPUT_OUTSIDE = "input-outside"
    INPUT_PERCENT = "input-percent"
    INPUT_NEGATIVE = "input-negative"
    INPUT_PADDED = "input-padded"
    INPUT_NO_CHOICE = "input-no-choice"
    INPUT_UNKNOWN = "input-unknown"
    DATE_AS_TEXT = "date-as-text"
    NUMBER_WITH_COMMA = "number-with-comma"
    NUMBER_AS_TEXT = "number-as-text"
    ROW_INCOMPLETE = "row-incomplete"
    ROW_WITHOUT_KEY = "row-without-key"
    KEY_TWICE = "key-twice"

    CHECK_FAILS = "check-fails"
    PLAN_INCOMPLETE = "plan-incomplete"
    PLAN_UNKNOWN = "plan-unknown"
    PLAN_WARNS = "plan-warns"
    PRICE_MISSING = "price-missing"
    PRICE_OLD = "price-old"
    PRICE_UNDATED = "price-undated"
    PRICE_OF_BUNDLE = "price-of-bundle"
    FACTS_OLD = "facts-old"
    FACTS_UNDATED = "facts-undated"

    COLUMN_HIDDEN = "column-hidden"
    ROW_HIDDEN = "row-hidden"
    SHEET_HIDDEN = "sheet-hidden"

    NO_FUNCTIONS = "no-functions"
    ERROR_VALUE = "error-value"
    MORE_ERRORS = "more-errors"
    UNKNOWN_FUNCTION = "unknown-function"
    LINKED = "linked"
    MACROS = "macros"
    DATES_1904 = "dates-1904"
    MANUAL = "manual"
    NEVER_CALCULATED = "never-calculated"


class Wording(NamedTuple):
    """What is said of a kind, with room for its facts as `str.format` has it."""

    severity: Severity
    fault: str
    mend: str
    is_broken: bool = False  # a part of the template is gone: a new book brings it back


class Message(NamedTuple):
    """A kind with its facts, in words."""

    kind: Kind
    severity: Severity
    fault: str
    mend: str


REMAKE = (
    "Undo, or take the sheet from a copy; `microhedge migrate` makes a fresh book with your inputs in it."
)
DEFINE = "Let it point at {target} in the name manager."
AGAIN = "Put the formula back: ={formula}"
UPDATE = "Bring it up to date, by hand or with `microhedge recalc --market FILE`."
COMPARE = "Compare the row with the page of {venue}, and type the day on which you did."
ASK = "{ask}"

SENTENCES: Final = {
    Kind.NO_PLAN: Wording(
        "error",
        "the book is no plan of microhedge: it has no name {version_name}",
        "Make a plan with `microhedge new BOOK`; other books are checked for what any book may have.",
    ),
    Kind.OTHER_VERSION: Wording(
        "warning",
        "the plan is of version {version} of the template, the present one is {present}",
        "`microhedge migrate BOOK` takes your inputs over and keeps the old book.",
    ),
    Kind.SHEET_MISSING: Wording("error", "the sheet {sheet} is missing", REMAKE, is_broken=True),
    Kind.SHEET_RENAMED: Wording(
        "warning", "the sheet {sheet} was renamed to {name}", "Rename it to {sheet}.", is_broken=True
    ),
    Kind.SHEET_COPY: Wording(
        "note",
        "the sheet {sheet} is a copy: its inputs and results are its own, and no program reads them",
        "Keep it for comparison, or delete it.",
    ),
    Kind.NAME_MISSING: Wording(
        "error",
        "the name {name} is missing",
        "Define it in the name manager: {name} is ={place} in a new book.",
        is_broken=True,
    ),
    Kind.NAME_LOST: Wording(
        "error", "the name {name} points nowhere: its cell was deleted", REMAKE, is_broken=True
    ),
    Kind.NAME_NO_CELL: Wording(
        "error", "the name {name} is no cell, it is ={refers}", REMAKE, is_broken=True
    ),
    Kind.NAME_WIDE: Wording(
        "error",
        "the name {name} points at {cells} cells",
        "Let it point at one cell in the name manager.",
        is_broken=True,
    ),
    Kind.NAME_SHORT: Wording(
        "error",
        "the name {name} does not cover its part of the table {table}, which is {area}",
        DEFINE,
        is_broken=True,
    ),
    Kind.ROW_INSERTED: Wording(
        "error",
        'a row was inserted into the block "{block}", which counts its cells',
        "Delete row {row}.",
    ),
    Kind.BLOCK_NAME: Wording(
        "error", 'the name {name} does not cover the block "{block}"', DEFINE, is_broken=True
    ),
    Kind.TABLE_MISSING: Wording(
        "error",
        "the table {table} is missing: it was deleted or turned into plain cells",
        REMAKE,
        is_broken=True,
    ),
    Kind.TABLE_RENAMED: Wording(
        "error",
        "the table {table} was renamed to {name}",
        "Name it {table} again (Table Design, Table Name).",
        is_broken=True,
    ),
    Kind.TABLE_SHORT: Wording(
        "note",
        "the table {table} has room for {rows} rows, a new book's for {wanted}",
        "Pull its lower right corner down if you need more.",
    ),
    Kind.BELOW_TABLE: Wording(
        "error",
        "a value stands below the end of the table {table}, where nothing counts it",
        "Pull the table's lower right corner down over it, or move it into the table.",
    ),
    Kind.COLUMN_MISSING: Wording(
        "error", "the column {column} of the table {table} is missing", REMAKE, is_broken=True
    ),
    Kind.COLUMN_RENAMED: Wording(
        "error",
        'the column {column} of the table {table} was renamed to "{name}"',
        "Type {column} into {cell}.",
        is_broken=True,
    ),
    Kind.COLUMN_OWN: Wording(
        "note",
        'the column "{column}" of the table {table} is your own: no formula reads it',
        "Keep it if you like.",
    ),
    Kind.FORMULA_EMPTY: Wording("error", "is empty where {what} is calculated", AGAIN, is_broken=True),
    Kind.FORMULA_TYPED_OVER: Wording(
        "error", "holds a typed value where {what} is calculated", AGAIN, is_broken=True
    ),
    Kind.FORMULA_LOST_CELLS: Wording(
        "error", "{what} refers to cells that were deleted (#REF!)", AGAIN, is_broken=True
    ),
    Kind.FORMULA_OTHER: Wording(
        "warning", "{what} is not calculated by its own formula", AGAIN, is_broken=True
    ),
    Kind.CONSTANT_CHANGED: Wording(
        "error",
        "{what} is a fixed value and was changed to {held}",
        "Type {wanted:.15g} again.",
        is_broken=True,
    ),
    Kind.INPUT_BLANK: Wording("note", "{what} is not filled in yet", ASK),
    Kind.INPUT_FORMULA: Wording(
        "note",
        "{what} is an input and holds a formula: `recalc --set` and `--market` can't write it",
        "Keep it if you mean it.",
    ),
    Kind.INPUT_ERROR: Wording("error", "{what} is the error {value}", ASK),
    Kind.INPUT_NO_WORD: Wording("error", "{what} must be a word, got {value}", ASK),
    Kind.INPUT_OUTSIDE: Wording("error", "{what} must be {domain}, got {value}", ASK),
    Kind.INPUT_PERCENT: Wording(
        "error",
        "{what} must be {domain}, got {value}",
        "{value} is {percent:,.15g}%: type {value}% or {decimal:.15g}.",
    ),
    Kind.INPUT_NEGATIVE: Wording(
        "error", "{what} must be {domain}, got {value}", "Type it without the minus sign. {help}"
    ),
    Kind.INPUT_PADDED: Wording(
        "error", '{what} is "{value}", with blanks around it: it is not found', "Type {word} again."
    ),
    Kind.INPUT_NO_CHOICE: Wording("error", '{what} is "{value}", which is no choice', "Choose {choices}."),
    Kind.INPUT_UNKNOWN: Wording(
        "error",
        '{what} is "{value}", which the sheet {sheet} does not know',
        "Choose {choices}, or add it there.",
    ),
    Kind.DATE_AS_TEXT: Wording(
        "error",
        '{what} is "{value}", a date typed as text: no formula can count with it',
        "Clear the cell, give it a date format, and type the date again, as in 2026-01-31.",
    ),
    Kind.NUMBER_WITH_COMMA: Wording(
        "error",
        '{what} is "{value}", text with a comma and no number: no formula can count with it',
        "Type the number again with the decimal sign of your program, as in 0.4.",
    ),
    Kind.NUMBER_AS_TEXT: Wording(
        "error",
        '{what} is "{value}", a number typed as text: sums leave it out',
        "Clear the cell, give it a number format, and type the number again.",
    ),
    Kind.ROW_INCOMPLETE: Wording("error", "{what} is blank in a row that is in use", ASK),
    Kind.ROW_WITHOUT_KEY: Wording(
        "error",
        "{what} is blank in a row that is filled in: the row does not count",
        "Fill in {what}, or clear the row.",
    ),
    Kind.KEY_TWICE: Wording(
        "error", "{value} stands twice in {what}: only the first row is used", "Clear one of the rows."
    ),
    Kind.CHECK_FAILS: Wording("error", "the check fails: {what}", ASK),
    Kind.PLAN_INCOMPLETE: Wording("error", "no order rests on this: not {what}", ASK),
    Kind.PLAN_UNKNOWN: Wording("note", "unknown: {what}", ASK),
    Kind.PLAN_WARNS: Wording("note", "the plan warns: {what}", ASK),
    Kind.PRICE_MISSING: Wording("error", "{symbol} is in use and has no price", UPDATE),
    Kind.PRICE_OLD: Wording(
        "warning",
        "the price is of {day}, older than {limit:.15g} days on {plan_day}",
        UPDATE,
    ),
    Kind.PRICE_UNDATED: Wording("warning", "the price has no date: nobody can tell how old it is", UPDATE),
    Kind.PRICE_OF_BUNDLE: Wording(
        "warning",
        "the {what} of {symbol} is about {factor:,.0f} times its {other}: is one of them that of a bundle?",
        "Type the price of one unit: a venue's price of 1000PEPE is divided by 1,000.",
    ),
    Kind.FACTS_OLD: Wording(
        "note", "the contract's facts are of {day}, older than {limit:.15g} days on {plan_day}", COMPARE
    ),
    Kind.FACTS_UNDATED: Wording(
        "note", "the contract's facts have no date: nobody can tell how old they are", COMPARE
    ),
    Kind.COLUMN_HIDDEN: Wording("note", "the column is hidden: what it holds still counts", "Unhide it."),
    Kind.ROW_HIDDEN: Wording("note", "the row is hidden: what it holds still counts", "Unhide it."),
    Kind.SHEET_HIDDEN: Wording("note", "the sheet is hidden", "Unhide it if you want to see it."),
    Kind.NO_FUNCTIONS: Wording(
        "error",
        "shows #NAME?{others}: the program that saved the book did not have microhedge's functions",
        "`microhedge recalc BOOK --in-place`, or install them: `microhedge addin install`.",
    ),
    Kind.ERROR_VALUE: Wording("error", "shows the error {value}", ASK),
    Kind.MORE_ERRORS: Wording(
        "note",
        "cells that show an error beside this one and its like: {count}",
        "Most of them only pass an error on.",
    ),
    Kind.UNKNOWN_FUNCTION: Wording(
        "error",
        "calls the function {function}, which neither Excel nor microhedge has{others}",
        "Correct its spelling, or install what provides it; till then its value is an old one.",
    ),
    Kind.LINKED: Wording(
        "warning",
        "the book is linked to another file: {target}",
        "Break the link (Data, Edit Links): a plan needs no other book.",
    ),
    Kind.MACROS: Wording(
        "warning",
        "the book holds macros",
        "Save it as .xlsx: a plan needs none. Nothing here ever runs them.",
    ),
    Kind.DATES_1904: Wording(
        "error",
        "the book counts its days from 1904: every date is four years off in another book",
        "Turn it off (Options, Advanced, Use 1904 date system) and type the dates again.",
    ),
    Kind.MANUAL: Wording(
        "note",
        "the book calculates only when it is told to",
        "Press F9 after each change, or set the calculation to automatic.",
    ),
    Kind.NEVER_CALCULATED: Wording(
        "warning",
        "none of its {formulas} formulas has a result: the program that saved it does not calculate",
        "`microhedge recalc BOOK --in-place`, or open it in Excel or LibreOffice and save it.",
    ),
}


def message(kind: Kind, severity: Severity | None = None, /, **facts: object) -> Message:
    """What is said of a kind with these facts; `severity` where the book decides it."""
    wording = SENTENCES[kind]
    return Message(
        kind, severity or wording.severity, wording.fault.format(**facts), wording.mend.format(**facts)
    )
