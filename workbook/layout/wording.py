"""The sentences of the Plan sheet, piece by piece: each a short formula."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.schema import Field, Panel

WORDING: Final = Panel(
    name="plan_wording",
    title="Wording",
    row=36,
    column=2,
    fields=tuple(
        Field(name=f"word_{name}", label=label, kind="text" if kind == "text" else "number", formula=formula)
        for name, label, kind, formula in (
            (
                "price_decimals",
                "Decimals of a price",
                "number",
                "IF(plan_tick>0,MAX(0,ROUNDUP(-LOG10(plan_tick),0)),0)",
            ),
            (
                "lot_decimals",
                "Decimals of contracts",
                "number",
                "IF(plan_lot>0,MAX(0,ROUNDUP(-LOG10(plan_lot),0)),0)",
            ),
            ("step", "Step of the quantity", "number", "IF(plan_ready,plan_lot_value/plan_entry_price,1)"),
            ("base_decimals", "Decimals of a quantity", "number", "MAX(0,ROUNDUP(-LOG10(word_step),0))"),
            (
                "error",
                "Broken plan",
                "text",
                'IF(ISERROR(plan_exposure),"A holding has no value: see Holdings","A cell is an error: see Checks")',
            ),
            ("incomplete", "Incomplete plan", "text", '"Fill in the yellow cells: "&word_missing'),
            (
                "missing",
                "What is missing",
                "text",
                (
                    'IF(COUNTBLANK(plan_settings)>0,"your plan on Plan",IF(plan_exposure=0,"what you hold on Holdings,'
                    ' its prices on Market",word_missing_facts))'
                ),
            ),
            (
                "missing_facts",
                "Which facts are missing",
                "text",
                (
                    'IF(plan_entry_price*plan_spot_price>0,"the facts of the contract on Venues",'
                    '"the prices of the hedge asset on Market")'
                ),
            ),
            (
                "nothing",
                "No order",
                "text",
                (
                    'IF(plan_ready,"Nothing to trade: one lot is worth "&FIXED(plan_lot_value)&", the wanted hedge is "'
                    '&FIXED(plan_wanted_notional)&".","")'
                ),
            ),
            (
                "lots",
                "Contracts",
                "text",
                'IF(plan_contract_size=1,""," ("&FIXED(plan_size,word_lot_decimals)&" contracts)")',
            ),
            (
                "order",
                "Order",
                "text",
                (
                    'IF(plan_active,IF(plan_contracts<0,"Buy ","Sell ")&FIXED(ABS(plan_quantity),word_base_decimals)'
                    '&" "&plan_instrument&word_lots,"")'
                ),
            ),
            (
                "terms",
                "Terms",
                "text",
                (
                    'IF(plan_active," at "&FIXED(plan_limit_price,word_price_decimals)&" or better on "&plan_venue'
                    '&word_margin_terms,"")'
                ),
            ),
            (
                "margin_terms",
                "Margin",
                "text",
                'IF(plan_active,", "&plan_leverage&"x isolated, margin "&FIXED(plan_margin)&".","")',
            ),
            (
                "distance",
                "Distance to liquidation",
                "text",
                'IF(ISNUMBER(plan_liquidation_move),FIXED(ABS(plan_liquidation_move)/one_percent,1)&"%","")',
            ),
            (
                "liquidation",
                "Liquidation",
                "text",
                (
                    'IF(ISNUMBER(plan_liquidation_price),"Liquidation at "&FIXED(plan_liquidation_price,'
                    "word_price_decimals)&word_direction,word_no_liquidation)"
                ),
            ),
            ("no_liquidation", "No liquidation", "text", '"No price liquidates this hedge; "'),
            (
                "direction",
                "Direction",
                "text",
                '", "&word_distance&IF(plan_side="short"," above"," below")&" the entry; "',
            ),
            (
                "cushion",
                "Cushion",
                "text",
                (
                    'IF(N(plan_cushion)<0,"the margin is "&FIXED(-N(plan_cushion))&" more than you have.",'
                    '"of "&FIXED(plan_capital)&" you keep "&FIXED(N(plan_cushion))&".")'
                ),
            ),
            (
                "coverage",
                "Coverage",
                "text",
                '"The hedge covers "&FIXED(N(plan_coverage)/one_percent,1)&"% of "&FIXED(plan_hedged_value)&"; "',
            ),
            (
                "carried",
                "Risk carried",
                "text",
                (
                    'IF(N(plan_coverage)>1,"it is larger than what you hold.",'
                    '"you still carry "&FIXED((1-N(plan_coverage))/one_percent,1)&"% of the risk.")'
                ),
            ),
            (
                "cost",
                "Cost",
                "text",
                '"Over "&plan_horizon&" days it "&IF(N(plan_cost)>0,"costs ","earns ")&FIXED(ABS(N(plan_cost)))&"; "',
            ),
            (
                "breakeven",
                "Break-even",
                "text",
                'word_until&FIXED(ABS(N(plan_breakeven_move))/one_percent)&"%."',
            ),
            (
                "until",
                "Before or after break-even",
                "text",
                (
                    'IF(N(plan_breakeven_move)<0,"it has paid for itself once the price falls by ",'
                    '"it stays ahead until the price rises by ")'
                ),
            ),
            (
                "contract",
                "Contract too large",
                "text",
                (
                    'IF(plan_lot=1,"One contract is ","One lot is ")&FIXED(plan_lot_multiple,1)'
                    '&" times the wanted hedge: choose another contract"'
                ),
            ),
            (
                "overhedge",
                "Over-hedge",
                "text",
                (
                    '"The hedge is "&FIXED(N(plan_coverage)/one_percent,1)&"% of the value, wanted were "'
                    '&FIXED(plan_ratio/one_percent,1)&"%"'
                ),
            ),
            (
                "leverage",
                "High leverage",
                "text",
                (
                    'plan_leverage&"x is above "&IF(plan_leverage>limit_high_leverage,limit_high_leverage'
                    '&"x: that is speculation, no hedge",limit_leverage&"x: little room")'
                ),
            ),
            (
                "near",
                "Liquidation near",
                "text",
                '"Liquidation is "&word_distance&" away: use at most "&FIXED(N(plan_safe_leverage),1)&"x"',
            ),
            (
                "tier",
                "Maintenance rate too low",
                "text",
                '"The venue asks for "&FIXED(N(plan_tier_rate)/one_percent)&"% maintenance: type it on Plan"',
            ),
            (
                "margin",
                "Margin too large",
                "text",
                '"The margin is "&FIXED(-N(plan_cushion))&" more than you have"',
            ),
            ("funding", "Funding", "text", '"You pay about "&FIXED(N(costs_funding))&" of funding"'),
            ("stale", "Stale prices", "text", '"The oldest price is "&FIXED(plan_price_age,0)&" days old"'),
            (
                "facts",
                "Old facts",
                "text",
                (
                    'IF(plan_facts_day=0,"The venue facts have no date","The venue facts are "'
                    '&FIXED(plan_facts_age,0)&" days old")&": compare them with the venue"'
                ),
            ),
            (
                "review",
                "Open hedges",
                "text",
                'journal_waiting&IF(journal_waiting=1," open hedge waits"," open hedges wait")&" for you: see Journal"',
            ),
            (
                "checks",
                "Checks",
                "text",
                'IF(checks_ok,"All checks pass","A check fails: see Checks")',
            ),
            (
                "warnings",
                "Warnings",
                "text",
                (
                    '" · "&IF(warnings_count=0,"no warning",warnings_count&IF(warnings_count=1," warning"," warnings")'
                    '&": see Plan")'
                ),
            ),
        )
    ),
)
