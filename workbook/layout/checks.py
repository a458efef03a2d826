"""The Checks sheet: what an order rests on, is the book sound, is the plan wise, and the limits."""

from typing import Final

from udfs.venues import FRESH_DAYS
from workbook.layout import judgement
from workbook.layout.formats import PERCENT, TIMES, TOP, WHOLE
from workbook.layout.judgement import Rule
from workbook.layout.schema import Field, Panel, Sheet


def _judged(kind: str, rules: tuple[Rule, ...]) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=f"{kind}_{rule.name}",
            label=rule.label,
            unit="true/false",
            kind="flag",
            formula=rule.state,
            help=rule.mend,
        )
        for rule in rules
    )


SUMMARY: Final = Panel(
    name="checks_summary",
    title="All checks",
    row=TOP,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="checks_ok",
            label="No check fails",
            unit="true/false",
            kind="flag",
            formula="COUNTIF(checks_list,TRUE)+checks_unknown+COUNTBLANK(checks_list)=ROWS(checks_list)",
            is_output=True,
            help="A check that is an error fails; one that is unknown is counted below.",
        ),
        Field(
            name="warnings_count",
            label="Warnings",
            unit="count",
            format=WHOLE,
            formula="COUNTIF(warnings_list,TRUE)",
            is_output=True,
            help="Things to look at before you trade; the Plan sheet says them in words.",
        ),
        Field(
            name="checks_unknown",
            label="Checks that are unknown",
            unit="count",
            format=WHOLE,
            formula=f'COUNTIF(checks_list,"{judgement.UNKNOWN}")',
            help="Nothing is said by them, and nothing rests on them.",
        ),
        Field(
            name="needs_missing",
            label="Missing for an order",
            unit="count",
            format=WHOLE,
            formula="ROWS(needs_list)-COUNTIF(needs_list,TRUE)-COUNTBLANK(needs_list)",
            help="While something that it rests on is missing there is no order.",
        ),
        Field(
            name="plan_unknown",
            label="Unknown facts",
            unit="count",
            format=WHOLE,
            formula="needs_missing+MAX(0,holdings_unknown-1)+checks_unknown"
            f'+COUNTIF(warnings_list,"{judgement.UNKNOWN}")',
            is_output=True,
            help="Missing for an order, one for each asset, and what the checks and warnings can't tell.",
        ),
        Field(name="head_checks", label="Head: checks", kind="text", formula="word_checks"),
        Field(name="head_warnings", label="Head: warnings", kind="text", formula="word_warnings"),
        Field(name="head_unknown", label="Head: unknown", kind="text", formula="word_unknown"),
    ),
)
NEEDS_PANEL: Final = Panel(
    name="needs_list",
    is_named=True,
    title="What an order rests on",
    row=SUMMARY.last_row + 2,
    column=2,
    has_notes=True,
    fields=_judged("need", judgement.NEEDS),
)
CHECKS_PANEL: Final = Panel(
    name="checks_list",
    is_named=True,
    title="Checks: is the book sound?",
    row=NEEDS_PANEL.last_row + 2,
    column=2,
    has_notes=True,
    fields=_judged("check", judgement.CHECKS),
)
WARNINGS_PANEL: Final = Panel(
    name="warnings_list",
    is_named=True,
    title="Warnings: is the plan wise?",
    row=CHECKS_PANEL.last_row + 2,
    column=2,
    has_notes=True,
    fields=_judged("warn", judgement.WARNED),
)
LIMITS: Final = Panel(
    name="limits",
    title="Limits",
    row=WARNINGS_PANEL.last_row + 2,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="limit_leverage",
            label="Leverage: warn above",
            unit="times",
            format=TIMES,
            low=1,
            high=500,
            default=5,
            help="3x to 5x leaves room.",
        ),
        Field(
            name="limit_high_leverage",
            label="Leverage: alarm above",
            unit="times",
            format=TIMES,
            low=1,
            high=500,
            default=10,
            help="Beyond this a hedge is speculation.",
        ),
        Field(
            name="limit_gap",
            label="Rounding gap: warn above",
            unit="of wanted",
            format=PERCENT,
            low=0,
            high=10,
            default=0.1,
            help="How much larger than wanted a hedge may be.",
        ),
        Field(
            name="limit_facts_age",
            label="Venue facts: unknown when older than",
            unit="days",
            format=WHOLE,
            low=1,
            high=3650,
            default=FRESH_DAYS,
            help="Venues change fees and contract sizes.",
        ),
        Field(
            name="limit_price_age",
            label="Prices: fresh up to",
            unit="days",
            format=WHOLE,
            low=0,
            high=365,
            default=1,
            help="An older price is said to be old wherever an order rests on it.",
        ),
        Field(
            name="limit_price_jump",
            label="Prices: contradicted beyond",
            unit="of price",
            format=PERCENT,
            low=0,
            high=10,
            default=0.5,
            help="A jump against the price before, or between its prices. No order rests on it.",
        ),
        Field(
            name="limit_liquidation_near",
            label="Liquidation: near within",
            unit="move",
            format=PERCENT,
            low=0,
            high=1,
            default=0.05,
            help="An open hedge nearer to its liquidation says so.",
        ),
        Field(
            name="limit_basis",
            label="Basis: unknown beyond",
            unit="a year",
            format=PERCENT,
            low=0,
            high=10,
            default=0.6,
            help="A future further from the spot price is taken for one of another day.",
        ),
        Field(
            name="check_tolerance",
            label="Checks: tolerance",
            unit="quote",
            format="0.000000",
            low=0,
            high=1,
            default=0.000001,
            help="Differences below it are rounding.",
        ),
    ),
)

SHEET: Final = Sheet(
    name="Checks",
    purpose="What an order rests on, whether the book is sound and the plan wise.",
    blocks=(SUMMARY, NEEDS_PANEL, CHECKS_PANEL, WARNINGS_PANEL, LIMITS),
    chips=(3, 4, 5),
    widths=(2, 46, 14, 13, 78),
)
