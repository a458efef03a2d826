"""Columns of the Journal behind a result: the price that counts, fees, and the funding settled."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.formats import (
    DATE_OR_NONE,
    MONEY,
    PRICE,
    PRICE_OR_NONE,
    RATE,
    WHOLE,
)
from workbook.layout.schema import Column

JOURNAL_RESULT: Final = (
    Column(
        name="fee_rate",
        header="Fee rate",
        unit="a fill",
        format=RATE,
        width=10,
        is_link=True,
        help="The venue's taker fee; blank where it is not known.",
        formula='IF([@[Facts row]]=0,"",IF(ISNUMBER(INDEX(Contracts[Taker fee],[@[Facts row]])),INDEX(Contracts[Taker fee],[@[Facts row]]),""))',
    ),
    Column(
        name="priced",
        unit="quote per base",
        format=PRICE_OR_NONE,
        width=12,
        help="The exit price, or the mark.",
        formula="IF([@Shut]=1,N([@[Exit price]]),[@Mark])",
    ),
    Column(
        name="rate",
        unit="an interval",
        format=RATE,
        width=10,
        is_link=True,
        help="Present funding rate of the Market sheet.",
        formula='IF([@[Market row]]=0,"",IF(INDEX(Market[Funding rate],[@[Market row]])="","",INDEX(Market[Funding rate],[@[Market row]])))',
    ),
    Column(
        name="interval",
        unit="hours",
        format="0",
        width=9,
        is_link=True,
        help="Of the Market sheet.",
        formula='IF([@[Market row]]=0,"",IF(N(INDEX(Market[Funding interval],[@[Market row]]))>=1,INDEX(Market[Funding interval],[@[Market row]]),""))',
    ),
    Column(
        name="price_day",
        unit="date, UTC",
        format=DATE_OR_NONE,
        kind="date",
        width=12,
        is_link=True,
        help="Day of the mark.",
        formula="IF([@[Market row]]=0,0,IF(ISNUMBER(INDEX(Market[As of],[@[Market row]])),MIN(INDEX(Market[As of],[@[Market row]]),plan_today+1),0))",
    ),
    Column(
        name="until",
        unit="date, UTC",
        format=DATE_OR_NONE,
        kind="date",
        width=12,
        help="Funding is counted up to then.",
        formula="IF([@Shut]=1,[@Closed],MAX(N([@Opened]),[@[Price day]]))",
    ),
    Column(
        name="settlements",
        unit="count",
        format=WHOLE,
        width=11,
        help="Since it was opened, up to the day of the mark.",
        formula="IF(OR([@Known]=0,N([@Interval])=0),0,FUNDING_SETTLEMENTS([@Opened],MAX([@Opened],[@Until]),[@Interval]))",
    ),
    Column(
        name="recorded",
        unit="count",
        format=WHOLE,
        width=10,
        help="Settlements of the history between opening and then.",
        formula='IF([@Known]=0,0,COUNTIFS(FundingHistory[Symbol],[@Whose],FundingHistory[Time],">"&N([@Opened]),FundingHistory[Time],"<="&N([@Until])))',
    ),
    Column(
        name="covered",
        unit="true/false",
        kind="flag",
        width=10,
        help="The history reaches from the first day to the last.",
        formula='IF([@Recorded]=0,FALSE,AND(COUNTIFS(FundingHistory[Symbol],[@Whose],FundingHistory[Time],"<="&N([@Opened])+1)>0,COUNTIFS(FundingHistory[Symbol],[@Whose],FundingHistory[Time],">="&N([@Until])-1)>0))',
    ),
    Column(
        name="paid",
        unit="quote",
        format=MONEY,
        width=11,
        help="By the history.",
        formula='IF([@Covered],0-IF([@Kind]="inverse",SUMIFS(FundingHistory[Rate],FundingHistory[Symbol],[@Whose],FundingHistory[Time],">"&N([@Opened]),FundingHistory[Time],"<="&N([@Until])),[@[Paid rate]])*N([@Contracts])*N([@[Contract size]]),0)',
    ),
    Column(
        name="paid_rate",
        header="Paid rate",
        unit="quote per base",
        format=PRICE,
        width=11,
        help="Rate times mark of those settlements.",
        formula='IF([@Covered],SUMIFS(FundingHistory[Payment],FundingHistory[Symbol],[@Whose],FundingHistory[Time],">"&N([@Opened]),FundingHistory[Time],"<="&N([@Until])),0)',
    ),
)
