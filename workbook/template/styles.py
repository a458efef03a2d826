"""What the book looks like: one colour and one font for each role, with a contrast that WCAG AA accepts."""

from collections.abc import Mapping
from typing import Final, Literal

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

FONT: Final = "Calibri"
WHITE: Final = "FFFFFF"
INK: Final = "1B2733"
GREY: Final = "566270"
RULE: Final = "CFD6DD"
WASH: Final = "F4F6F8"
ACCENT: Final = "0F4C81"
MID: Final = "86ACCF"
TINT: Final = "E9F1F8"
AMBER: Final = "C77700"
AMBER_INK: Final = "6B4000"
AMBER_FILL: Final = "FFE8BF"
RED: Final = "A61B1B"
UNKNOWN_FILL: Final = "E4E8EC"

ROLES: Final = {"input": (ACCENT, TINT), "calculation": (INK, WHITE), "link": (INK, WHITE)} | {
    "constant": (GREY, WHITE)
}
STATES: Final = {
    "good": (GREY, WHITE),
    "watch": (AMBER_INK, AMBER_FILL),
    "bad": (WHITE, RED),
    "unknown": (INK, UNKNOWN_FILL),
    "act": (WHITE, ACCENT),
    "quiet": (INK, WHITE),
    "alarm": (RED, WHITE),
    "input": (ACCENT, TINT),
    "done": (GREY, WASH),
}
EDGES: Final[Mapping[str, tuple[Literal["thin", "dashed"], str]]] = {
    "watch": ("thin", AMBER),
    "unknown": ("dashed", GREY),
    "good": ("thin", RULE),
    "input": ("thin", MID),
}  # so that no state hangs on its colour

FLAG: Final = '"TRUE";"TRUE";"FALSE"'  # for programs that show a flag as a number
LOCKED: Final = Protection(locked=True)
UNLOCKED: Final = Protection(locked=False)
RULED: Final = Side(style="thin", color="FF" + RULE)
UNDERLINED: Final = Border(bottom=RULED)
MARKED: Final = Side(style="thin", color="FF" + MID)
BOXED: Final = Border(left=MARKED, right=MARKED, top=MARKED, bottom=MARKED)
HEADED: Final = Border(bottom=Side(style="medium", color="FF" + ACCENT))
HEAD_BORDER: Final = Border(bottom=Side(style="thin", color="FF" + GREY))


def font(colour: str, *, bold: bool = False, size: float = 10, italic: bool = False) -> Font:
    """A font of the book."""
    return Font(name=FONT, size=size, bold=bold, italic=italic, color="FF" + colour)


def fill(colour: str) -> PatternFill:
    """A solid background."""
    return PatternFill("solid", fgColor="FF" + colour)


ROLE_FONTS: Final = {role: font(ink) for role, (ink, _) in ROLES.items()}
ROLE_FILLS: Final = {role: fill(paper) for role, (_, paper) in ROLES.items() if paper != WHITE}
TITLE: Final = font(ACCENT, bold=True, size=14)
PURPOSE: Final = font(GREY, size=9)
CHIP: Final = font(GREY, bold=True, size=9)
HEADER: Final = font(GREY, bold=True, size=9)
HEADER_FILL: Final = fill(WASH)
PANEL: Final = font(ACCENT, bold=True, size=11)
FACT: Final = font(INK, bold=True, size=14)
FACT_FILL: Final = fill(TINT)
ORDER: Final = font(INK, bold=True, size=22)
LEAD: Final = font(INK, size=11)
UNIT: Final = font(GREY, size=9)
LABEL: Final = font(INK)
NOTE: Final = font(GREY, size=9)
LINK: Final = Font(name=FONT, size=10, color="FF" + ACCENT, underline="single")

FLUSH: Final = Alignment(horizontal="left", vertical="center")
LEFT: Final = Alignment(horizontal="left", vertical="center", indent=1)
RIGHT: Final = Alignment(horizontal="right", vertical="center")
CENTER: Final = Alignment(horizontal="center", vertical="center")
WRAPPED: Final = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
ALIGNED: Final = {"text": LEFT, "number": RIGHT, "date": RIGHT, "flag": CENTER}
BARE: Final = Border()
EMPTY: Final = PatternFill()


def state(name: str, *, edged: bool = True) -> DifferentialStyle:
    """How a conditional format shows a state; a state that spreads over cells has no edges."""
    ink, paper = STATES[name]
    edge = EDGES.get(name) if edged else None
    side = Side(style=edge[0], color="FF" + edge[1]) if edge else None
    return DifferentialStyle(
        font=Font(color="FF" + ink, bold=name not in ("good", "input", "done") or None),
        fill=PatternFill("solid", bgColor="FF" + paper),
        border=Border(left=side, right=side, top=side, bottom=side) if side else None,
    )


def hairline() -> DifferentialStyle:
    """How a conditional format draws the rule below a row in use."""
    return DifferentialStyle(border=Border(bottom=RULED))


def padded(form: str) -> str:
    """The space to the border belongs to the format: Calc drops a right indent beside some neighbours."""
    if form.endswith("_0"):
        return form
    if form == "General":
        return "General;General;General;@_0"
    return ";".join(part + "_0" for part in form.split(";")) if form else form
