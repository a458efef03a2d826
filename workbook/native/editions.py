"""The editions of the plan book: with our functions, or with built-in functions alone."""

from collections.abc import Mapping
from typing import Final, Literal

from udfs.venues import tables
from workbook.layout import PLAN
from workbook.layout.book import Book
from workbook.layout.schema import InputValue
from workbook.memory import remembered
from workbook.native.edition import RULES_TABLE, TIERS, native

EditionName = Literal["add-in", "native"]
ADD_IN: Final = "add-in"
NATIVE: Final = "native"


@remembered(2)
def record(edition: EditionName) -> Book:
    """The record of the plan book in one of its editions."""
    return native(PLAN).book if edition == NATIVE else PLAN


def looked_up() -> Mapping[str, tuple[tuple[InputValue | None, ...], ...]]:
    """Rows of the tables that a native book looks up where our functions read the venue tables."""
    facts = tables()
    tiers = sorted(
        (
            f"{tier.symbol}@{tier.venue}",
            tier.maximum_notional,
            tier.maintenance_rate,
            tier.maintenance_amount,
        )
        for tier in facts.tiers
    )
    rules = sorted(
        (f"{rule.venue}@{rule.kind}", rule.effective_from or 0.0, rule.rule) for rule in facts.rules
    )
    return {TIERS.name: tuple(tiers[: TIERS.rows]), RULES_TABLE.name: tuple(rules[: RULES_TABLE.rows])}
