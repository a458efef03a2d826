"""Criteria as people type them, `"<-5%"` or `">1,000"`, with the number that Excel reads in them."""

import datetime as dt
import re
from typing import Final

CRITERIA: Final = frozenset(
    ("AVERAGEIF", "AVERAGEIFS", "COUNTIF", "COUNTIFS", "MAXIFS", "MINIFS", "SUMIF", "SUMIFS")
)
AMOUNT: Final = re.compile(
    r"(?P<sign>[<>=]{0,2})\s*(?P<minus>-?)[$€£]?(?P<inner>-?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+)"
    r"(?P<exponent>E[-+]?\d+)?\s*(?P<percent>%?)",
    re.IGNORECASE,
)
PLAIN: Final = re.compile(r"[<>=]{0,2}-?(?:\d+\.?\d*|\.\d+)(?:E[-+]?\d+)?", re.IGNORECASE)
DAY: Final = re.compile(r"(?P<sign>[<>=]{0,2})\s*(?P<day>\d{4}-\d{2}-\d{2})")
DAY_0: Final = dt.date(1899, 12, 30)


def plain_criterion(text: str, days_later: float = 0.0) -> str:
    """A criterion with a plain number in it; one without any number is returned as it is."""
    day = DAY.fullmatch(text)
    if day:
        try:
            number = float((dt.date.fromisoformat(day["day"]) - DAY_0).days) - days_later
        except ValueError:
            return text
        return f"{day['sign']}{number:.0f}"
    amount = AMOUNT.fullmatch(text)
    is_plain = PLAIN.fullmatch(text) is not None
    if amount is None or is_plain or (amount["minus"] and amount["inner"]):
        return text
    number = float(amount["digits"].replace(",", "") + (amount["exponent"] or ""))
    number /= 100 if amount["percent"] else 1
    is_negative = amount["minus"] or amount["inner"]
    return f"{amount['sign']}{'-' if is_negative else ''}{number!r}".removesuffix(".0")
