"""What the book looks like: one colour and one font for each role, with a contrast that WCAG AA accepts."""

from typing import Final

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

FONT: Final = "Calibri"
WHITE: Final = "FFFFFF"
INK: Final = "1A1A1A"
NAVY: Final = "14365C"
BLUE: Final = "1F3FBF"
YELLOW: Final = "FFF8D6"
GREEN: Final = "0B6B2E"
GREY: Final = "595959"
LINE: Final = "D5DBE3"
PALE: Final = "EEF2F7"
RED: Final = "9C0006"
PINK: Final = "FFDDE0"
AMBER: Final = "7A4A00"
SAND: Final = "FFE8B8"
MINT: Final = "DDF3E4"

ROLES: Final = {"input": (BLUE, YELLOW), "calculation": (INK, WHITE), "link": (GREEN, WHITE)} | {
    "constant": (GREY, WHITE)
}
STATES: Final = {"good": (GREEN, MINT), "watch": (AMBER, SAND), "bad": (RED, PINK)}

FLAG: Final = '"TRUE";"TRUE";"FALSE"'  # for programs that show a flag as a number
LOCKED: Final = Protection(locked=True)
UNLOCKED: Final = Protection(locked=False)
THIN: Final = Side(style="thin", color="FF" + LINE)
UNDERLINED: Final = Border(bottom=THIN)
BOXED: Final = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def font(colour: str, *, bold: bool = False, size: float = 11, italic: bool = False) -> Font:
    """A font of the book."""
    return Font(name=FONT, size=size, bold=bold, italic=italic, color="FF" + colour)


def fill(colour: str) -> PatternFill:
    """A solid background."""
    return PatternFill("solid", fgColor="FF" + colour)


ROLE_FONTS: Final = {role: font(ink) for role, (ink, _) in ROLES.items()}
ROLE_FILLS: Final = {role: fill(paper) for role, (_, paper) in ROLES.items() if paper != WHITE}
TITLE: Final = font(NAVY, bold=True, size=18)
PURPOSE: Final = font(GREY, size=11)
STATUS: Final = font(INK, bold=True)
HEADER: Final = font(WHITE, bold=True)
HEADER_FILL: Final = fill(NAVY)
PANEL: Final = font(NAVY, bold=True, size=12)
PANEL_FILL: Final = fill(PALE)
UNIT: Final = font(GREY, italic=True, size=10)
LABEL: Final = font(INK)
NOTE: Final = font(GREY, size=10)

FLUSH: Final = Alignment(horizontal="left", vertical="center")
LEFT: Final = Alignment(horizontal="left", vertical="center", indent=1)
RIGHT: Final = Alignment(horizontal="right", vertical="center", indent=1)
CENTER: Final = Alignment(horizontal="center", vertical="center")
WRAPPED: Final = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
ALIGNED: Final = {"text": LEFT, "number": RIGHT, "date": RIGHT, "flag": CENTER}
BARE: Final = Border()


def state(name: str) -> DifferentialStyle:
    """How a conditional format shows a state: good, watch or bad."""
    ink, paper = STATES[name]
    return DifferentialStyle(
        font=Font(color="FF" + ink, bold=True), fill=PatternFill("solid", bgColor="FF" + paper)
    )
