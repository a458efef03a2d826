"""What the sheets have in common: number formats, words of choice, the rows of the head."""

from typing import Final

from udfs.conventions import INVERSE, LINEAR

MONEY: Final = "#,##0.00"
PRICE: Final = "#,##0.00##"
AMOUNT: Final = "#,##0.0000"
SIZE: Final = "#,##0.00######"
PERCENT: Final = "0.0%"
RATE: Final = "0.0000%"
TIMES: Final = '0.##"x"'
ROW: Final = "0;-0;"  # nothing for 0: none
PRICE_OR_NONE: Final = "#,##0.00##;-#,##0.00##;"
SIZE_OR_NONE: Final = "#,##0.00######;-#,##0.00######;"
DATE_OR_NONE: Final = "yyyy-mm-dd;;"
WHOLE: Final = "#,##0"
DATE: Final = "yyyy-mm-dd"
MOMENT: Final = "yyyy-mm-dd hh:mm"

TITLE_ROW: Final = 1
PURPOSE_ROW: Final = 2
STATUS_ROW: Final = 3
TOP: Final = 5  # first row under the head that every sheet has

PERPETUAL: Final = "perpetual"
FUTURE: Final = "future"
NEUTRAL: Final = "dollar-neutral"
BETA: Final = "beta"
KINDS: Final = (LINEAR, INVERSE)
ROUNDINGS: Final = ("nearest", "down", "up")
