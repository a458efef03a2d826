"""What the sheets have in common: number formats, words of choice, the rows of the head."""

import re
from typing import Final

from udfs.conventions import INVERSE, LINEAR

QUOTE: Final = re.compile(r"\bquote\b")  # in a unit: the currency that a plan counts in

MONEY: Final = "#,##0.00"
PRICE: Final = "[>=1000]#,##0.00;[>=1]#,##0.00##;0.00########"  # a coin may cost a millionth
AMOUNT: Final = "#,##0.0000"
SIZE: Final = "#,##0.00######"
PERCENT: Final = "0.0%"
CHANGE: Final = "+#,##0.00;-#,##0.00;0.00"
TRADE: Final = "+#,##0.00######;-#,##0.00######;0.00"
MOVE: Final = "+0.0%;-0.0%;0.0%"
RATE: Final = "0.0000%"
TIMES: Final = '0.##"x"'
ROW_OR_NONE: Final = "0;-0;"  # nothing for 0: none
PRICE_OR_NONE: Final = "[>=1]#,##0.00##;[>0]0.00########;"
SIZE_OR_NONE: Final = "#,##0.00######;-#,##0.00######;"
DATE_OR_NONE: Final = "yyyy-mm-dd;;"
WHOLE: Final = "#,##0"
DATE: Final = "yyyy-mm-dd"
MOMENT: Final = "yyyy-mm-dd hh:mm"

HEAD_ROW: Final = 2  # of a sheet's title and, at the right, of the states of the whole book
HEADS: Final = ("head_checks", "head_warnings", "head_unknown")
TOP: Final = 4  # first row under the head that every sheet has

SMALLEST_PRICE: Final = 1e-12  # no price of a coin is lower, and none is 0

PERPETUAL: Final = "perpetual"
FUTURE: Final = "future"
NEUTRAL: Final = "dollar-neutral"
BETA: Final = "beta"
CONTRACT_KINDS: Final = (LINEAR, INVERSE)
ROUNDINGS: Final = ("nearest", "down", "up")
