"""Live facts: contract specifications and market data of the venues, through ccxt.

Public endpoints only: no key, no order, no account. ccxt is the extra `live` and is imported where a
venue is first asked, so that everything else works without it.
"""
