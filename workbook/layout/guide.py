"""The Guide sheet: what this book is, how it is used, and where the source article is corrected."""
# ruff: noqa: E501 (a sentence reads best on one line)

from typing import Final

from workbook.layout.formats import DATE, TOP
from workbook.layout.notes import Notes
from workbook.layout.schema import Column, Field, Panel, Sheet, Table

VERSION: Final = "2"
VERSION_DATE: Final = "2026-11-30"

INTRODUCTION: Final = Notes(
    title="What this is",
    row=TOP,
    column=2,
    rows=(
        (
            "A hedge plan",
            (
                "You hold coins and fear a fall. This book says how many futures contracts to sell, what margin "
                "they need, what they cost, at which price they are liquidated, and what a move of the market "
                "then does to you."
            ),
        ),
        (
            "No advice",
            (
                "It calculates what you ask and warns of the usual mistakes. It is not investment advice, and a "
                "venue's own page is right where this book differs from it."
            ),
        ),
        (
            "Two editions",
            (
                "The add-in edition calls HEDGE_MARGIN and its family: its formulas say what they mean, and it is "
                "for whoever has microhedge. The native edition has the same cells in built-in functions: it is for "
                "everybody else, for phones and the web, and `microhedge share BOOK` writes it. A book opens with the values that were saved, in Excel too; "
                "without the add-in its formulas show #NAME? once you change what they read."
            ),
        ),
        (
            "Its functions",
            "HEDGE_MARGIN and its family come from microhedge: `microhedge addin install excel` (or libreoffice). Without them the book shows its last values, and #NAME? in what you change; `microhedge recalc` needs no spreadsheet program.",
        ),
    ),
)
FIVE_STEPS: Final = Notes(
    title="Five steps",
    row=INTRODUCTION.last_row + 2,
    column=2,
    rows=(
        ("1  Market", "Type or paste today's prices and funding rates, or let microhedge write them."),
        ("2  Holdings", "Say what you own: a symbol and a quantity on each row."),
        (
            "3  Plan",
            "Choose the hedge asset, the venue, the ratio, the leverage and the days. Read the words.",
        ),
        ("4  Costs", "Compare the venues. Look at Scenarios for the moves that you fear."),
        ("5  Checks", "Every check must pass, and every warning be understood, before you trade."),
    ),
)
FURTHER: Final = Notes(
    title="Further sheets",
    row=FIVE_STEPS.last_row + 2,
    column=2,
    rows=(
        ("Scenarios", "What a move from -50% to +50% does, and how near liquidation is at each leverage."),
        ("Correlation", "How the assets moved together, and whether one short can hedge them all."),
        ("Backtest", "The plan over a year of real prices and funding: what the hedge would have done."),
        ("Roll", "Dated futures: what they earn or cost until expiry, and what it costs to roll."),
        ("Journal", "Every hedge from opening to close, and what each needs today."),
        ("Funding", "Funding as it was settled, for the results of the Journal."),
        (
            "Venues",
            "Contract sizes, lots and fees, dated and sourced. Correct them where your venue differs.",
        ),
        ("Functions", "Every function, with its arguments and an example."),
        ("Workings", "The steps between the inputs and the results."),
    ),
)
LEGEND: Final = Notes(
    title="Colours",
    row=FURTHER.last_row + 2,
    column=2,
    rows=(
        ("Input", "Blue on pale blue: yours to fill in. These are the only cells that are not locked."),
        (
            "Calculation",
            "Black: a formula. It needs no touch. A ? in its place: it is not known, and nothing rests on it.",
        ),
        ("Constant", "Grey: a fixed value or a heading."),
    ),
)
SIGNS: Final = Notes(
    title="Signs and units",
    row=LEGEND.last_row + 2,
    column=2,
    rows=(
        ("Hedge", "Positive: the hedge is short and protects what you own. Negative: it is long."),
        ("Cost", "Positive: you pay. Negative: you receive."),
        ("Rates and moves", "40% may be typed as 40% or 0.4; a funding rate of 0.01% is 0.0001."),
        ("Days", "A year has 365 of them: a crypto market never closes. All times are UTC."),
        ("Money", "Everything is in one quote currency, such as USDT."),
    ),
)
CORRECTIONS: Final = Notes(
    title="Where the article behind this book is corrected",
    row=SIGNS.last_row + 2,
    column=2,
    rows=(
        (
            "The portfolio of 5,000",
            "0.1 BTC at 30,000 and 1.5 ETH at 2,000 are 6,000. The article's own later steps use 6,000.",
        ),
        (
            "A 125% hedge",
            (
                "One whole bitcoin of 30,000 against holdings of 6,000 is 500% of them and 1,250% of the wanted "
                "2,400. That is an over-hedge, not an under-hedge."
            ),
        ),
        (
            "A premium to hedge",
            (
                "True for a long hedge. A short hedge sells at the premium and gains as it melts: it earns "
                "contango and pays backwardation."
            ),
        ),
        (
            "Shorts pay funding",
            (
                "The article says it both ways. Longs pay shorts while the rate is positive: a short pays only "
                "when it is negative."
            ),
        ),
        (
            "Size, not ratio",
            "Going from 50% to 60% when the market turns wild changes the ratio: VOL_SCALED_RATIO does it.",
        ),
        (
            "Leverage of 50x",
            (
                "At 5x a rise of 19.4% liquidates a short, at 50x a rise of 1.5%. The Plan sheet warns above 5x "
                "and again above 10x."
            ),
        ),
    ),
)
STATUSES: Final = Table(
    name="Statuses",
    title="What the state of a hedge means",
    row=CORRECTIONS.last_row + 2,
    column=2,
    rows=11,
    columns=(
        Column(
            name="status", unit="the first that holds", kind="text", constant="", width=26, help="The state."
        ),
        Column(name="todo", header="To do", unit="", kind="text", constant="", width=84, help="What to do."),
    ),
)
ABOUT: Final = Panel(
    name="guide_about",
    title="About this book",
    row=STATUSES.last_row + 2,
    column=2,
    fields=(
        Field(
            name="template_version",
            label="Template version",
            kind="text",
            constant=VERSION,
            help="microhedge migrate brings an older plan to the present one.",
        ),
        Field(
            name="template_date",
            label="Of",
            format=DATE,
            kind="text",
            constant=VERSION_DATE,
            help="Day of this version of the template.",
        ),
        Field(
            name="template_edition",
            label="Edition",
            kind="text",
            constant="add-in",
            help="add-in: its formulas call microhedge. native: built-in functions alone.",
        ),
    ),
)

SHEET: Final = Sheet(
    name="Guide",
    title="Hedge plan: how to use this book",
    purpose="A plan for hedging a small crypto portfolio with futures. Start here.",
    blocks=(INTRODUCTION, FIVE_STEPS, FURTHER, LEGEND, SIGNS, CORRECTIONS, STATUSES, ABOUT),
    widths=(2, 26, 84, 15, 13, 13),
    landscape=False,
)
