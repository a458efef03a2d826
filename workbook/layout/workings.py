"""The Workings sheet: what stands between the inputs and the results, each step named."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.compared import COMPARED, MOVED
from workbook.layout.fits import BOUNDS, FITS_NEEDED, FITS_OTHER
from workbook.layout.formats import MONEY, MOVE, TOP
from workbook.layout.judgement import RULES, UNKNOWN
from workbook.layout.plan import NTH
from workbook.layout.plan_carry import CARRY
from workbook.layout.plan_facts import FACTS
from workbook.layout.plan_position import POSITION
from workbook.layout.plan_settings import PLAN_SETTINGS
from workbook.layout.plan_survival import SURVIVAL
from workbook.layout.schema import Column, Field, Panel, Sheet, Table
from workbook.layout.wording import WORDING

LEFT: Final = 7  # first column of what is said of the rules
BAD: Final = {"need": "? missing", "check": "■ wrong", "warn": "▲ warning"}


def _kind(name: str, kind: str) -> str:
    """The state of a rule as a chip says it; an error is as bad as a refusal."""
    wrong = "TRUE" if kind == "warn" else "FALSE"
    word = BAD[kind]
    return f'IF(ISERROR({name}),"{word}",IF({name}="{UNKNOWN}","? unknown",IF({name}={wrong},"{word}","")))'


KINDS: Final = Panel(
    name="kind_list",
    title="What is not good",
    row=TOP,
    column=LEFT,
    is_named=True,
    span=1,
    fields=tuple(
        Field(name=f"kind_{name}", label=rule.label, kind="text", formula=_kind(name, kind))
        for name, kind, rule in RULES
    ),
)


RANKS: Final = Panel(
    name="rank_list",
    title="Rank",
    row=TOP,
    column=LEFT + 2,
    is_named=True,
    is_bare=True,
    fields=tuple(
        Field(
            name=f"rank_{name}",
            label="Rank",
            format="0",
            formula=f'IF(kind_{name}="","",ROW()+rank_step*IF(LEFT(kind_{name})="?",1,IF(LEFT(kind_{name})="▲",1+1,0)))',
        )
        for name, kind, rule in RULES
    ),
)
SAID: Final = Panel(
    name="said_list",
    title="In words",
    row=TOP,
    column=LEFT + 3,
    is_named=True,
    is_bare=True,
    fields=tuple(
        Field(
            name=f"say_{name}",
            label=rule.label,
            kind="text",
            formula=f'IF(kind_{name}="","",IF(kind_{name}="? unknown",{rule.unsure},IF(ISERROR({name}),word_error,{rule.said})))',
        )
        for name, kind, rule in RULES
    ),
)
ORDER: Final = Panel(
    name="nth_list",
    title="In their order",
    row=SAID.last_row + 2,
    column=LEFT,
    span=1,
    fields=tuple(
        Field(
            name=f"nth_{at}",
            label="Rank",
            format="0",
            formula='IF(COUNT(rank_list)=0,"",MIN(rank_list))'
            if at == 1
            else f'IF(nth_{at - 1}="","",IF(COUNTIF(rank_list,">"&N(nth_{at - 1}))=0,"",SMALL(rank_list,1+COUNTIF(rank_list,"<="&N(nth_{at - 1})))))',
        )
        for at in NTH
    ),
)
DOMAINS: Final = Table(
    name="Domains",
    title="Which values the inputs of the plan take",
    row=ORDER.last_row + 2,
    column=LEFT,
    rows=len(PLAN_SETTINGS.fields),
    columns=(
        Column(name="input", kind="text", constant="", width=30, help="As the Plan sheet calls it."),
        Column(name="needed", kind="text", constant="", width=12, help="yes, or it may be blank."),
        Column(
            name="words", kind="text", constant="", required=False, width=12, help="Words to choose from."
        ),
        Column(name="low", constant="", required=False, width=12, help="At least."),
        Column(name="high", constant="", required=False, width=12, help="At most."),
        Column(
            name="value",
            kind="text",
            width=14,
            formula='IF(INDEX(plan_settings,ROW()-ROW(Domains[[#Headers],[Input]]))="","",INDEX(plan_settings,ROW()-ROW(Domains[[#Headers],[Input]])))',
            help="What the Plan sheet holds.",
        ),
        Column(
            name="fits",
            unit="true/false",
            kind="flag",
            width=10,
            formula='IF([@Value]="",[@Needed]="no",IF([@High]="",[@Worded],IF(ISNUMBER([@Value]),AND([@Value]>=[@Low],[@Value]<=[@High]),FALSE)))',
            help="It is one that it takes.",
        ),
        Column(
            name="worded",
            unit="true/false",
            kind="flag",
            width=10,
            formula='IF([@Words]="",T([@Value])<>"",ISNUMBER(SEARCH("|"&T([@Value])&"|",[@Words])))',
            help="It is one of the words.",
        ),
    ),
)
PAYOFF: Final = Table(
    name="Payoff",
    title="What the chart of moves draws",
    row=DOMAINS.last_row + 2,
    column=LEFT,
    rows=23,
    columns=(
        Column(
            name="step",
            unit="count",
            format="0",
            formula="ROW()-ROW(Payoff[[#Headers],[Step]])",
            help="The points in order.",
        ),
        Column(
            name="before",
            unit="count",
            format="0",
            formula='IF(ISNUMBER(plan_liquidation_move),COUNTIF(Scenarios[Move],"<"&N(plan_liquidation_move)),ROWS(Scenarios[Move]))',
            help="Moves before the liquidation.",
        ),
        Column(
            name="move",
            unit="of price",
            format=MOVE,
            formula="IF([@Step]<=[@Before],SMALL(Scenarios[Move],MIN([@Step],COUNT(Scenarios[Move]))),IF(ISNUMBER(plan_liquidation_move),IF([@Step]<=[@Before]+1+1,plan_liquidation_move,SMALL(Scenarios[Move],[@Step]-1-1)),MAX(Scenarios[Move])))",
            help="The moves of the Scenarios sheet, and the liquidation twice: just before and just after.",
        ),
        Column(
            name="unhedged",
            unit="quote",
            format=MONEY,
            formula="IF(plan_ready,plan_moving*[@Move],0)",
            help="Without a hedge.",
        ),
        Column(
            name="hedged",
            unit="quote",
            format=MONEY,
            formula="IF(plan_ready,[@Unhedged]+IF([@Step]<=[@Before]+1,HEDGE_PNL(plan_feasible_notional,[@Move]),0-plan_equity)+HEDGE_PNL(plan_other_notional,[@Move])-plan_cost,0)",
            help="With the hedge and after its cost; beyond its liquidation the margin is gone.",
        ),
    ),
)

SHEET: Final = Sheet(
    name="Workings",
    purpose="The steps between the inputs and the results. There is nothing to fill in.",
    blocks=(
        FACTS,
        CARRY,
        POSITION,
        WORDING,
        COMPARED,
        MOVED,
        FITS_NEEDED,
        FITS_OTHER,
        BOUNDS,
        SURVIVAL,
        KINDS,
        RANKS,
        SAID,
        ORDER,
        DOMAINS,
        PAYOFF,
    ),
    chips=(3, 4, 5),
    widths=(2, 36, 16, 16, 62, 3, 36, 14, 12, 14),
    landscape=False,
)
