"""The one record of the plan book: which sheets, panels, named cells, tables and columns it has.

Template, validator, market input and batch read it; no cell address is written anywhere else.
Formulas are as the file stores them, but for `[@Column]`, which stands for the column's cell in the
same row. A sheet is a module of this package; it is added by adding its record to `PLAN`.
"""

from typing import Final

from workbook.layout import (
    backtest,
    checks,
    correlation,
    costs,
    functions,
    funding,
    guide,
    holdings,
    journal,
    market,
    plan,
    roll,
    scenarios,
    venues,
    workings,
)
from workbook.layout.book import Book

PLAN: Final = Book(
    version=guide.VERSION,
    lists={"market_symbols": ("Market", "symbol"), "venue_names": ("VenueList", "venue")},
    areas={
        "history": ("Prices", False),
        "history_head": ("Prices", True),
        "funding_days": ("FundingDays", False),
        "funding_head": ("FundingDays", True),
    },
    sheets=tuple(
        sheet.SHEET
        for sheet in (
            guide,
            plan,
            holdings,
            market,
            costs,
            scenarios,
            correlation,
            backtest,
            roll,
            journal,
            funding,
            venues,
            checks,
            functions,
            workings,
        )
    ),
)
