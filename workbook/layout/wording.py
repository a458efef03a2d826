"""The sentences of the Plan sheet, piece by piece: each a short formula."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.plan_position import POSITION
from workbook.layout.schema import Field, Panel

WORDS: Final = (
    ("price_decimals", "Decimals of a price", "IF(plan_tick>0,MAX(0,ROUNDUP(0-LOG10(plan_tick),0)),0)"),
    ("lot_decimals", "Decimals of contracts", "IF(plan_lot>0,MAX(0,ROUNDUP(0-LOG10(plan_lot),0)),0)"),
    ("step", "Step of the quantity", "IF(plan_ready,plan_lot_value/plan_entry_price,1)"),
    ("base_decimals", "Decimals of a quantity", "MAX(0,ROUNDUP(0-LOG10(word_step),0))"),
    ("traded", "Quantity traded", "IF(plan_active,ABS(plan_trade_notional)/plan_entry_price,0)"),
    (
        "first_unknown",
        "First unknown holding",
        "IF(holdings_unknown=0,0,MATCH(1,Holdings[Unknown],0))",
    ),
    (
        "unpriced",
        "What it lacks",
        'IF(word_first_unknown=0,"",INDEX(Holdings[Asset],word_first_unknown)&word_lack)',
    ),
    (
        "lack",
        "In words",
        'IF(word_lacking="contradicted"," has prices that contradict each other",IF(word_lacking="not on Market"," is not on Market",IF(word_lacking="no quantity"," has no quantity",word_no_price)))',
    ),
    (
        "lacking",
        "State of the first",
        'IF(word_first_unknown=0,"",INDEX(Holdings[State],word_first_unknown))',
    ),
    ("no_price", "No price", 'IF(word_lacking="twice"," stands twice on Market"," has no price")'),
    (
        "expiry",
        "Expired or unknown",
        'IF(plan_expiry=0,"the future has no expiry on Market","the future expired "&FIXED(MAX(0,plan_today-plan_expiry),0)&" days ago")',
    ),
    (
        "old_fact",
        "Age of a fact",
        'IF(plan_facts_day=0,": no date, ask ",": "&FIXED(plan_facts_age,0)&" days old, ask ")&plan_venue',
    ),
    (
        "alarm",
        "An order that must not be sent",
        'IF(ISERROR(OR(need_liquidated,need_expiry)),"? ",IF(OR(need_liquidated=FALSE,AND(need_expiry=FALSE,plan_expiry>0)),"■ ","? "))',
    ),
    (
        "incomplete",
        "No order",
        'word_alarm&"No order: "&IF(needs_missing=0,word_checks,INDEX(said_list,MATCH("? missing",kind_list,0)))',
    ),
    (
        "next",
        "What to do first",
        'IF(needs_missing>1,needs_missing&" things are missing: see What can go wrong, from the top.","See What can go wrong: then the order stands here.")',
    ),
    (
        "nothing",
        "Nothing to trade",
        'IF(plan_inside,word_inside,IF(plan_is_small,word_small,IF(N(plan_target_contracts)=0,word_lot,"the hedge is where it should be")))',
    ),
    (
        "inside",
        "Inside the band",
        'FIXED(N(plan_coverage_now)/one_percent,1)&"% is within "&FIXED(journal_band/one_percent,1)&"% of "&FIXED(plan_ratio/one_percent,1)&"%"',
    ),
    ("small", "Below the minimum", '"the order is below the minimum of "&FIXED(plan_minimum_notional)'),
    (
        "lot",
        "Less than a lot",
        'IF(plan_ready,"one lot is worth "&FIXED(plan_lot_value)&", the wanted hedge is "&FIXED(plan_wanted_notional),"")',
    ),
    (
        "lots",
        "Contracts",
        'IF(plan_contract_size=1,""," ("&FIXED(ABS(N(plan_trade_contracts)),word_lot_decimals)&" contracts)")',
    ),
    (
        "order",
        "Order",
        'IF(plan_active,IF(plan_trade_contracts<0,"Buy back ","Sell ")&FIXED(word_traded,word_base_decimals)&" "&plan_instrument&word_lots,"")',
    ),
    (
        "terms",
        "Terms",
        'IF(plan_active," at "&FIXED(plan_limit_price,word_price_decimals)&" or better"&word_old,"")',
    ),
    (
        "old",
        "Of which day",
        'IF(AND(plan_dates_known,plan_price_age>limit_price_age),", at prices "&FIXED(plan_price_age,0)&" days old","")',
    ),
    (
        "contract_traded",
        "Which contract",
        'plan_instrument&" "&plan_contract&" on "&plan_venue&", "&plan_leverage&"x isolated. "',
    ),
    (
        "effect",
        "What the order does",
        'IF(plan_active,"It "&IF(plan_open_contracts=0,"opens the hedge",IF(plan_adds,"adds to the "&plan_open_side&" that is open",IF(plan_reduces,"only reduces the ","turns the ")&plan_open_side))&word_brings,"")',
    ),
    (
        "brings",
        "To which coverage",
        '" and brings the coverage from "&FIXED(N(plan_coverage_now)/one_percent,1)&"% to "&FIXED(N(plan_coverage)/one_percent,1)&"%."',
    ),
    (
        "carried",
        "Risk carried",
        'IF(N(plan_coverage)>1,"The hedge is larger than what you hold.","The hedge covers "&FIXED(N(plan_coverage)/one_percent,1)&"%; you carry "&FIXED((1-N(plan_coverage))/one_percent,1)&"% of the risk.")',
    ),
    (
        "adjust",
        "What to adjust",
        'IF(plan_adjusts,word_order&": "&FIXED(N(plan_coverage_now)/one_percent,1)&"% of "&FIXED(plan_ratio/one_percent,1)&"% is hedged","Add or take off the adjustment of the row")',
    ),
    (
        "distance",
        "Distance to liquidation",
        'IF(ISNUMBER(plan_liquidation_move),FIXED(ABS(plan_liquidation_move)/one_percent,1)&"%","")',
    ),
    (
        "left_out",
        "Not hedged",
        'IF(holdings_left_out>0," Not hedged: "&FIXED(holdings_left_out)&" "&plan_quote&", by the Holdings sheet.","")',
    ),
    ("error", "A rule is an error", '"a value that it reads is an error: see Checks"'),
    (
        "good",
        "Nothing wrong",
        '"Nothing: every check passes and nothing is unknown"',
    ),
    (
        "checks",
        "Head: checks",
        'IF(addin_loaded,IF(checks_ok,IF(plan_unknown=0,"All checks pass","No check fails"),"■ A check fails"),"■ microhedge is not loaded: microhedge addin install")',
    ),
    (
        "warnings",
        "Head: warnings",
        'IF(warnings_count=0,"no warning","▲ "&warnings_count&IF(warnings_count=1," warning"," warnings"))',
    ),
    ("unknown", "Head: unknown", 'IF(plan_unknown=0,"nothing unknown","? "&plan_unknown&" unknown")'),
)
NUMBERS: Final = frozenset(
    ("price_decimals", "lot_decimals", "step", "base_decimals", "traded", "first_unknown")
)

WORDING: Final = Panel(
    name="plan_wording",
    title="Wording",
    row=POSITION.last_row + 2,
    column=2,
    fields=tuple(
        Field(name=f"word_{name}", label=label, kind="number" if name in NUMBERS else "text", formula=formula)
        for name, label, formula in WORDS
    ),
)
