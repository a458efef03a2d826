"""What the plan is judged by: each rule once, with its states, its sentences and the place to mend it.

A state is TRUE (good, or for a warning: it applies), FALSE, the word `unknown`, or blank where there is
nothing to judge. An order rests on the needs alone: while one of them is missing there is none.
"""
# ruff: noqa: E501 (a formula reads best on one line)

from dataclasses import dataclass
from typing import Final

UNKNOWN: Final = "unknown"
VENUE_PAGE: Final = "Compare the Venues sheet with the venue's own page."


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: a formula of its state, and a formula of what is said while it is not good."""

    name: str
    label: str
    state: str
    said: str  # a formula: what is so, and what to do
    unsure: str = '""'  # a formula: what is not known
    mend: str
    learn: str = ""  # how that becomes known
    at: str  # the name of a cell, or a table, where it is mended


def _ready(test: str, *, known: str = "") -> str:
    """The state of a rule that only a complete plan can break."""
    inner = f'IF({known},{test},"{UNKNOWN}")' if known else test
    return f'IF(plan_ready,{inner},"")'


NEEDS: Final = (
    Rule(
        name="addin",
        label="The functions are loaded",
        state="addin_loaded",
        said='"microhedge is not loaded here: install its add-in, or run microhedge recalc"',
        mend="`microhedge addin install excel` (or libreoffice), then open the book again.",
        at="template_version",
    ),
    Rule(
        name="inputs",
        label="Your plan is filled in",
        state="COUNTIF(Domains[Fits],TRUE)=ROWS(Domains[Fits])",
        said='IFNA(INDEX(Domains[Input],MATCH(FALSE,Domains[Fits],0)),"an input")&" is missing or does not fit"',
        mend="Plan: fill in every input within its bounds.",
        at="plan_instrument",
    ),
    Rule(
        name="figures",
        label="Every figure that an order rests on fits",
        state="COUNTBLANK(fits_needed)=ROWS(fits_needed)",
        said='IFNA(INDEX(fits_needed,MATCH("?*",fits_needed,0)),"A figure")&" is missing or does not fit"',
        mend="Type a value that the cell takes: `microhedge check` names it.",
        at="limit_leverage",
    ),
    Rule(
        name="holdings",
        label="You hold something to hedge",
        state="AND(holdings_assets>0,OR(holdings_unknown>0,plan_hedged_value<>0))",
        said='"say what you hold on Holdings"',
        mend="Holdings: an asset and a quantity on a row.",
        at="Holdings",
    ),
    Rule(
        name="prices",
        label="Every asset held has a price",
        state="holdings_unknown=0",
        said="word_unpriced",
        mend="Market: a price above 0 for each asset held that is hedged.",
        at="Market",
    ),
    Rule(
        name="instrument",
        label="The hedge asset is on Market",
        state="plan_market_row>0",
        said='plan_instrument&" is not on Market"',
        mend="Plan: choose a symbol of the Market sheet, or add it there.",
        at="plan_instrument",
    ),
    Rule(
        name="agreement",
        label="The prices of the hedge asset agree",
        state='IF(plan_market_row=0,"",OR(plan_highest=0,plan_agrees))',
        said='plan_instrument&" has prices that contradict each other: confirm them on Market"',
        mend="Market: correct the price that is off, or type the new price under Before to confirm it.",
        at="Market",
    ),
    Rule(
        name="price",
        label="The contract has a price",
        state='IF(OR(plan_market_row=0,AND(plan_highest>0,NOT(plan_agrees))),"",plan_entry_price*plan_spot_price>0)',
        said='"the "&plan_contract&" of "&plan_instrument&" has no price"',
        mend="Market: spot, and the future's price for a dated contract.",
        at="Market",
    ),
    Rule(
        name="contract",
        label="The contract is on Venues",
        state="plan_contract_row>0",
        said='plan_venue&" has no "&plan_kind&" contract of "&plan_instrument&" on Venues"',
        mend="Plan: choose another venue or kind, or add the contract to Venues.",
        at="plan_venue",
    ),
    Rule(
        name="facts",
        label="Its size, lot and tick are known",
        state='IF(plan_contract_row=0,"",AND(MIN(plan_lot,plan_contract_size,plan_tick,plan_price_multiplier)>0,MAX(plan_lot,plan_contract_size,plan_tick,plan_price_multiplier)<=largest_fact))',
        said='"the size, lot or tick of the contract is not known"',
        mend="Venues: fill in contract size, lot and tick.",
        at="Contracts",
    ),
    Rule(
        name="expiry",
        label="The future has not expired",
        state='IF(plan_contract="future",plan_expiry>plan_today,TRUE)',
        said="word_expiry",
        mend="Market: the price and the expiry of a future that still trades.",
        at="Market",
    ),
    Rule(
        name="basis",
        label="The future's price fits the spot price",
        state="ABS(plan_basis_rate)<=limit_basis",
        said='"the future is "&FIXED(plan_basis_rate/one_percent,0)&"% a year off the spot price: is it of today?"',
        mend="Market: bring the future's price and the spot price to the same day.",
        at="Market",
    ),
    Rule(
        name="margin",
        label="The leverage leaves a margin",
        state='IF(N(plan_leverage)>=1,1/plan_leverage>N(plan_maintenance_rate),"")',
        said='"at "&plan_leverage&"x the margin is not above the maintenance margin"',
        mend="Plan: lower the leverage: it would be liquidated at once.",
        at="plan_leverage",
    ),
    Rule(
        name="journal",
        label="Every hedge in the Journal is known",
        state="journal_unknown=0",
        said='"a hedge in the Journal lacks something: its state is unknown"',
        mend="Journal: contracts, entry, size, opening, kind, venue and leverage of each hedge.",
        at="Journal",
    ),
    Rule(
        name="liquidated",
        label="No open hedge was liquidated",
        state="SUM(Journal[Lost])=0",
        said='"a hedge in the Journal is beyond its liquidation price: enter its close"',
        mend="Journal: the day and price of its close; then the plan says what to do.",
        at="Journal",
    ),
)
CHECKS: Final = (
    Rule(
        name="weights",
        label="The weights add up to 100%",
        state="OR(holdings_value=0,ABS(SUM(Holdings[Weight])-1)<=check_tolerance)",
        said='"The weights on Holdings do not add up"',
        mend="Holdings: a formula was overwritten.",
        at="Holdings",
    ),
    Rule(
        name="symbols",
        label="Every symbol stands once on Market",
        state='COUNTIF(Market[State],"twice")=0',
        said='"A symbol stands twice on Market"',
        mend="Market: take out the row that says twice.",
        at="Market",
    ),
    Rule(
        name="leverage",
        label="The venue grants this leverage",
        state=_ready(
            "plan_leverage<=plan_maximum_leverage",
            known='AND(plan_facts_fresh,plan_maximum_leverage>0,fit_contracts_maximum_leverage="")',
        ),
        said='plan_venue&" grants "&plan_maximum_leverage&"x at most"',
        unsure='"Highest leverage"&word_old_fact',
        mend="Plan: lower the leverage.",
        learn=VENUE_PAGE,
        at="plan_leverage",
    ),
    Rule(
        name="minimum",
        label="The order is not below the venue's minimum",
        state=_ready("NOT(plan_is_small)", known="AND(plan_facts_fresh,plan_minimum_notional>0)"),
        said='"The order is below the minimum of "&FIXED(plan_minimum_notional)&" at "&plan_venue',
        unsure='"Minimum order"&word_old_fact',
        mend="Plan: hedge more, or at a venue with a smaller minimum.",
        learn=VENUE_PAGE,
        at="plan_ratio",
    ),
    Rule(
        name="margin",
        label="The margins add up",
        state=_ready(
            "ABS(N(plan_margin_used)+N(plan_margin_trade)+N(plan_cushion)-plan_capital)<=check_tolerance*MAX(1,N(plan_margin_after))"
        ),
        said='"The margins on Plan do not add up"',
        mend="Plan: a formula was overwritten.",
        at="plan_cushion",
    ),
    Rule(
        name="costs",
        label="The costs add up",
        state=_ready(
            "ABS(N(costs_fees)+N(costs_slippage)+N(costs_funding)+costs_basis-costs_total)<=check_tolerance*MAX(1,ABS(costs_total))",
            known="AND(ISNUMBER(costs_fees),ISNUMBER(costs_slippage))",
        ),
        said='"The costs do not add up"',
        unsure='"A fee or the slippage is not known: not in the cost"',
        mend="Costs: a formula was overwritten.",
        learn="Venues and Costs: type the fee and the slippage.",
        at="costs_total",
    ),
    Rule(
        name="scenarios",
        label="Every move has a result",
        state=_ready("COUNT(Scenarios[Move])=COUNT(Scenarios[Hedged])"),
        said='"A move on Scenarios has no result"',
        mend="Scenarios: a move is no number.",
        at="Scenarios",
    ),
    Rule(
        name="figures",
        label="Every other figure fits",
        state="COUNTBLANK(fits_other)=ROWS(fits_other)",
        said='IFNA(INDEX(fits_other,MATCH("?*",fits_other,0)),"A figure")&" does not fit"',
        mend="Type a value that the cell takes: `microhedge check` names it.",
        at="costs_slippage_bps",
    ),
    Rule(
        name="results",
        label="No result is an error",
        state="NOT(ISERROR(SUM(plan_results)))",
        said='"A result on Plan is an error"',
        mend="Plan: follow the first error back to its inputs.",
        at="plan_cushion",
    ),
)
WARNED: Final = (
    Rule(
        name="contract",
        label="One lot is larger than the wanted hedge",
        state=_ready("plan_lot_multiple>1"),
        said='IF(plan_lot=1,"One contract is ","One lot is ")&FIXED(plan_lot_multiple,1)&" times the wanted hedge: choose another contract"',
        mend="Is a contract 1 BTC or 100 USD? Read the contract size; Costs compares the contracts of the venues.",
        at="plan_venue",
    ),
    Rule(
        name="overhedge",
        label="The hedge is larger than wanted",
        state=_ready(
            "ROUND(N(plan_coverage),share_digits)>ROUND(MIN(1,plan_ratio*(1+limit_gap)),share_digits)"
        ),
        said='"The hedge is "&FIXED(N(plan_coverage)/one_percent,1)&"% of the value, wanted were "&FIXED(plan_ratio/one_percent,1)&"%"',
        mend="More than 100% turns the hedge into a bet on a fall.",
        at="plan_ratio",
    ),
    Rule(
        name="leverage",
        label="The leverage is high",
        state=_ready("plan_leverage>limit_leverage"),
        said='plan_leverage&"x is above "&IF(plan_leverage>limit_high_leverage,limit_high_leverage&"x: speculation, no hedge",limit_leverage&"x: little room")',
        mend="A high leverage is liquidated by a small rise.",
        at="plan_leverage",
    ),
    Rule(
        name="liquidation",
        label="Liquidation is nearer than the rise to survive",
        state=_ready(
            "IF(ISNUMBER(plan_liquidation_move),ABS(plan_liquidation_move)<plan_reference_move,FALSE)"
        ),
        said='"Liquidation is "&word_distance&" away: use at most "&FIXED(N(plan_safe_leverage),1)&"x"',
        mend="A liquidated hedge is lost when it is needed most.",
        at="plan_leverage",
    ),
    Rule(
        name="tier",
        label="The maintenance rate is below the venue's",
        state=_ready("N(plan_tier_rate)>plan_maintenance_rate", known="ISNUMBER(plan_tier_rate)"),
        said='"The venue asks for "&FIXED(N(plan_tier_rate)/one_percent)&"% maintenance: type it on Plan"',
        unsure='"The maintenance rate of "&plan_venue&" is not known"',
        mend="A larger hedge falls in a higher tier and is liquidated sooner.",
        learn="Plan: type the maintenance rate that the venue's own page gives for this size.",
        at="plan_maintenance_rate",
    ),
    Rule(
        name="margin",
        label="The margin is more than the capital",
        state=_ready("N(plan_cushion)<0"),
        said='"The margin is "&FIXED(0-N(plan_cushion))&" more than you have"',
        mend="A cushion is what keeps the hedge alive.",
        at="plan_capital",
    ),
    Rule(
        name="funding",
        label="Funding is against you",
        state=_ready("N(costs_funding)>0", known="plan_funding_known"),
        said='"You pay about "&FIXED(N(costs_funding))&" of funding"',
        unsure='plan_instrument&" has no funding rate: not in the cost"',
        mend="A short pays when the rate is negative.",
        learn="Market: type the funding rate, or run microhedge market fetch.",
        at="Market",
    ),
    Rule(
        name="stale",
        label="The prices are old",
        state=_ready("plan_price_age>limit_price_age", known="plan_dates_known"),
        said='"The oldest price is "&FIXED(plan_price_age,0)&" days old: the order is at that day\'s prices"',
        unsure='"A price has no date, or a later one: its age is unknown"',
        mend="Bring the Market sheet up to date.",
        learn="Market: give each price the day that it is of.",
        at="Market",
    ),
    Rule(
        name="facts",
        label="The venue facts are old",
        state=_ready("FALSE", known="plan_facts_fresh"),
        said='""',
        unsure='"Fees and lot"&word_old_fact',
        mend=VENUE_PAGE,
        learn=VENUE_PAGE,
        at="Contracts",
    ),
    Rule(
        name="rolls",
        label="The horizon is longer than the future runs",
        state=_ready("plan_rolls>0"),
        said='"The future expires before the horizon: "&plan_rolls&IF(plan_rolls=1," roll is"," rolls are")&" in the cost"',
        mend="Choose a later future, or a shorter horizon.",
        at="plan_horizon",
    ),
    Rule(
        name="review",
        label="An open hedge waits for you",
        state="journal_waiting>0",
        said='journal_waiting&IF(journal_waiting=1," open hedge waits"," open hedges wait")&" for you: see Journal"',
        mend="A forgotten hedge is a bet: stop it, roll it, or look at it again.",
        at="Journal",
    ),
)
RULES: Final = tuple(
    (f"{kind}_{rule.name}", kind, rule)
    for kind, rules in (("need", NEEDS), ("check", CHECKS), ("warn", WARNED))
    for rule in rules
)
LEARN: Final = {name: rule.learn for name, _, rule in RULES if rule.learn}
"""What to do about a rule that is unknown: to lower the leverage tells nobody what the venue grants."""
