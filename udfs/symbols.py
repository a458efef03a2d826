"""How venues and contracts are spelled, and when two spellings mean the same."""

import re
import unicodedata


def venue_key(venue: str) -> str:
    """A venue's name without what people spell differently: Gate.io, gate io, GATEIO."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", venue).casefold())


def spelling(symbol: str) -> str:
    """A symbol without what venues spell differently: BTCUSDT for BTC/USDT:USDT, btc_usdt, BTC-USDT-PERP.

    The currency that a contract is settled in stays where it is neither the quote nor, for an inverse
    one, the base: BTC/USD:USDC is not BTC/USD:BTC. PERP stays after a bare asset, as BTCPERP is the
    USDC contract of one venue and the USDT contract of none.
    """
    named, _, settled = symbol.upper().partition(":")
    settled, dash, date = settled.partition("-")
    pair, settled = _letters(named), _letters(settled)
    stable = re.search(r"USD[TC]$", pair)
    if pair != settled and (pair.endswith(settled) or (pair.startswith(settled) and not stable)):
        settled = ""
    plain = f"{pair}{settled}{_letters(date) if dash else ''}"
    return re.sub(r"(?<=USD|SDT|SDC)(PERP|SWAP)$", "", plain)


def _letters(text: str) -> str:
    return re.sub(r"^XBT", "BTC", re.sub(r"[\W_]", "", text))  # XBT: ISO's way to write BTC


def row_key(venue: str, symbol: str) -> tuple[str, str]:
    """What a row of a venue and symbol is found by, in any spelling of either."""
    return venue_key(venue), spelling(symbol)
