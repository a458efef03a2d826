"""What the venues answer: shapes written by us after their public documentation and ccxt's parsers.

Sources, read in November 2026: developers.binance.com (derivatives, spot), bybit-exchange.github.io/docs/v5,
bingx-api.github.io/docs-v3, www.weex.com/api-doc, www.mexc.com/api-docs, and the sample answers that
ccxt 4.5.90 keeps beside its parsers. Specifications of the contracts that `contract_specs.csv` has are
those figures; prices and rates are invented, and differ from one another so that no mix-up goes unseen.

A route is "host/path"; its answer is made from the query and from the venue's clock in milliseconds.
"""

# ruff: noqa: D103 (each is named as the answer it makes)

import datetime as dt
from collections.abc import Callable
from typing import Any

Query = dict[str, str]
Answer = Callable[[Query, int], Any]

NOW = int(dt.datetime(2026, 3, 15, 10, tzinfo=dt.UTC).timestamp() * 1000)
HOUR = 3_600_000
DAY = 24 * HOUR
JUNE = int(dt.datetime(2026, 6, 26, 8, tzinfo=dt.UTC).timestamp() * 1000)
SEPTEMBER = int(dt.datetime(2026, 9, 25, 8, tzinfo=dt.UTC).timestamp() * 1000)
PERPETUAL = 4_133_404_800_000  # Binance's delivery date of what is never delivered

SPOT = (
    {"BTC": 60_000.0, "ETH": 3_000.0, "SOL": 150.0, "ADA": 0.75, "BNB": 600.0, "LTC": 90.0, "DOGE": 0.2}
    | {"XRP": 2.5, "TRX": 0.3, "LINK": 18.0, "AVAX": 25.0, "DOT": 5.0, "BCH": 400.0, "XLM": 0.25, "SUI": 3.5}
    | {"UNI": 8.0, "NEAR": 4.0, "TON": 3.0, "APT": 6.0, "SHIB": 0.00002, "PEPE": 0.00001, "PAXG": 4_000.0}
)
QUOTED = SPOT | {f"1000{base}": SPOT[base] * 1000 for base in ("SHIB", "PEPE")}  # as contracts are
MARK = {base: round(price * 1.001, 8) for base, price in QUOTED.items()}
INDEX = {base: round(price * 1.0002, 8) for base, price in QUOTED.items()}
LAST = {base: round(price * 1.0012, 8) for base, price in QUOTED.items()}
DATED = {base: round(price * 1.02, 8) for base, price in QUOTED.items()}


def settled(now: int, hours: int, count: int, late: int = 0, since: str | None = None) -> list[int]:
    """The last settlements, or the first from a moment on; oldest first, some milliseconds late."""
    last = now // (hours * HOUR) * hours * HOUR + late
    known = count if since is None else max(0, (last - int(since)) // (hours * HOUR) + 1)
    return [last - hours * HOUR * back for back in reversed(range(known))][:count]


def following(now: int, hours: int) -> int:
    """The next settlement."""
    return (now // (hours * HOUR) + 1) * hours * HOUR


def text(value: float) -> str:
    """A figure as most venues write it."""
    return f"{value:.10g}"


def candles(now: int, base: str, count: int, since: str | None = None) -> list[tuple[int, float]]:
    """Opening times and closes of daily candles, the unfinished one of today last.

    From a moment on if one is given, or else the latest.
    """
    today = now // DAY * DAY
    first = today - (count - 1) * DAY if since is None else -(-int(since) // DAY) * DAY
    days = range(first, min(today, first + (count - 1) * DAY) + 1, DAY)
    return [(day, round(SPOT[base] * (1 - 0.0005 * ((today - day) // DAY)), 8)) for day in days]


def base_of(symbol: str) -> str:
    """The asset of a venue's own symbol."""
    return next(base for base in QUOTED if symbol.startswith(base))


def wanted(rows: list[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
    """The rows of the symbol asked for, or all."""
    return [row for row in rows if query.get("symbol") in (None, row["symbol"])]


# --- Binance ------------------------------------------------------------------------------------
LINEAR_LOTS = {
    "BTC": ("0.001", "0.10"),
    "ETH": ("0.001", "0.01"),
    "ADA": ("1", "0.00010"),
    "SOL": ("0.01", "0.01"),
    "XRP": ("0.1", "0.0001"),
    "BNB": ("0.01", "0.01"),
    "DOGE": ("1", "0.00001"),
    "TRX": ("1", "0.00001"),
    "LINK": ("0.01", "0.001"),
    "AVAX": ("1", "0.001"),
    "DOT": ("0.1", "0.001"),
    "LTC": ("0.001", "0.01"),
    "BCH": ("0.001", "0.01"),
    "XLM": ("1", "0.00001"),
    "SUI": ("0.1", "0.0001"),
    "1000SHIB": ("1", "0.000001"),
    "1000PEPE": ("1", "0.0000001"),
    "UNI": ("1", "0.001"),
    "NEAR": ("1", "0.001"),
    "TON": ("0.1", "0.0001"),
    "APT": ("0.1", "0.0001"),
}
INVERSE_SIZES = {"BTC": (100, "0.1"), "ETH": (10, "0.01")}
BINANCE_4H = {"ADA"}


def usdm(base: str, dated: int | None = None, status: str = "TRADING") -> dict[str, Any]:
    lot, tick = LINEAR_LOTS[base]
    day = dt.datetime.fromtimestamp((dated or 0) / 1000, dt.UTC).strftime("%y%m%d")
    return {
        "symbol": f"{base}USDT_{day}" if dated else f"{base}USDT",
        "pair": f"{base}USDT",
        "contractType": "CURRENT_QUARTER" if dated else "PERPETUAL",
        "deliveryDate": dated or PERPETUAL,
        "onboardDate": 1_569_398_400_000,
        "status": status,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": 2,
        "quantityPrecision": 3,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "liquidationFee": "0.012500",
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "809484", "tickSize": tick},
            {"filterType": "LOT_SIZE", "stepSize": lot, "maxQty": "1000", "minQty": lot},
            {"filterType": "MARKET_LOT_SIZE", "stepSize": lot, "maxQty": "120", "minQty": lot},
            {"filterType": "MIN_NOTIONAL", "notional": "5"},
        ],
    }


def coinm(base: str, dated: int | None = None) -> dict[str, Any]:
    size, tick = INVERSE_SIZES[base]
    day = dt.datetime.fromtimestamp((dated or 0) / 1000, dt.UTC).strftime("%y%m%d")
    return {
        "symbol": f"{base}USD_{day}" if dated else f"{base}USD_PERP",
        "pair": f"{base}USD",
        "contractType": "CURRENT_QUARTER" if dated else "PERPETUAL",
        "deliveryDate": dated or PERPETUAL,
        "onboardDate": 1_596_006_000_000,
        "contractStatus": "TRADING",
        "contractSize": size,
        "marginAsset": base,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": base,
        "quoteAsset": "USD",
        "pricePrecision": 1,
        "quantityPrecision": 0,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0.1", "maxPrice": "100000", "tickSize": tick},
            {"filterType": "LOT_SIZE", "stepSize": "1", "maxQty": "1000000", "minQty": "1"},
            {"filterType": "MARKET_LOT_SIZE", "stepSize": "0", "maxQty": "60000", "minQty": "1"},
        ],
    }


def binance_spot(base: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT",
        "status": "TRADING",
        "baseAsset": base,
        "baseAssetPrecision": 8,
        "quoteAsset": "USDT",
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": True,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": "0.01"},
            {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"},
            {"filterType": "NOTIONAL", "minNotional": "5", "maxNotional": "9000000"},
        ],
        "permissions": ["SPOT"],
    }


def binance_info(symbols: list[dict[str, Any]]) -> Answer:
    return lambda _, now: {
        "timezone": "UTC",
        "serverTime": now,
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": symbols,
    }


def binance_interval(base: str) -> int:
    return 4 if base in BINANCE_4H else 8


def usdm_premium(query: Query, now: int) -> Any:
    rows = [
        {
            "symbol": market["symbol"],
            "markPrice": text(MARK[market["baseAsset"]]),
            "indexPrice": text(INDEX[market["baseAsset"]]),
            "estimatedSettlePrice": text(INDEX[market["baseAsset"]] * 1.00001),
            "lastFundingRate": "0.00012300",  # of the settlement to come, in spite of its name
            "interestRate": "0.00010000",
            "nextFundingTime": following(now, binance_interval(market["baseAsset"])),
            "time": now - 250,
        }
        for market in USDM
        if market["contractType"] == "PERPETUAL"
    ]
    return wanted(rows, query)[0] if "symbol" in query else rows


def usdm_history(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    since = query.get("startTime")
    times = settled(now, binance_interval(base), int(query.get("limit", "100")), late=3, since=since)
    return [
        {
            "symbol": query["symbol"],
            "fundingTime": time,
            "fundingRate": text(0.0001 + 0.00001 * place if since is None else time // DAY % 100 / 1e6),
            "markPrice": text(MARK[base]),
        }
        for place, time in enumerate(times, 1)
    ]


def coinm_premium(query: Query, now: int) -> Any:
    rows = [
        {
            "symbol": market["symbol"],
            "pair": market["pair"],
            "markPrice": text(MARK[market["baseAsset"]]),
            "indexPrice": text(INDEX[market["baseAsset"]]),
            "estimatedSettlePrice": text(INDEX[market["baseAsset"]]),
            "lastFundingRate": "-0.00004500" if market["contractType"] == "PERPETUAL" else "",
            "interestRate": "0.00010000",
            "nextFundingTime": following(now, 8) if market["contractType"] == "PERPETUAL" else 0,
            "time": now - 250,
        }
        for market in COINM
    ]
    return wanted(rows, query)


def coinm_history(query: Query, now: int) -> Any:
    return [
        {"symbol": query["symbol"], "fundingTime": time, "fundingRate": text(-0.00001 * place)}
        for place, time in enumerate(settled(now, 8, int(query.get("limit", "100"))), 1)
    ]


def binance_ticker(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    price = DATED[base] if "_2" in query["symbol"] else LAST[base]
    return {
        "symbol": query["symbol"],
        "priceChange": "-94.99999800",
        "priceChangePercent": "-95.960",
        "weightedAvgPrice": text(price),
        "lastPrice": text(price),
        "lastQty": "16",
        "openPrice": text(price),
        "highPrice": text(price),
        "lowPrice": text(price),
        "volume": "120588225",
        "quoteVolume": "38709237.2289000",
        "openTime": now - DAY,
        "closeTime": now - 500,
        "firstId": 1,
        "lastId": 2,
        "count": 3,
    }


def coinm_ticker(query: Query, now: int) -> Any:
    ticker = binance_ticker(query, now)
    del ticker["quoteVolume"]
    return [{**ticker, "pair": query["symbol"].partition("_")[0], "baseVolume": "214549.95171161"}]


def binance_spot_ticker(query: Query, now: int) -> Any:
    price = text(SPOT[base_of(query["symbol"])])
    return {
        **binance_ticker(query, now),
        "lastPrice": price,
        "prevClosePrice": price,
        "bidPrice": price,
        "bidQty": "7.1",
        "askPrice": price,
        "askQty": "0.09",
    }


def binance_klines(query: Query, now: int) -> Any:
    return [
        [time, text(close), text(close), text(close), text(close), "1", time + DAY - 1, "1", 1, "1", "1", "0"]
        for time, close in candles(now, base_of(query["symbol"]), int(query["limit"]), query.get("startTime"))
    ]


USDM = [
    *map(usdm, LINEAR_LOTS),
    *(usdm("BTC", JUNE), usdm("BTC", SEPTEMBER), usdm("ETH", JUNE), usdm("1000PEPE", JUNE)),
]
COINM = [coinm("BTC"), coinm("ETH"), coinm("BTC", JUNE)]

# --- Bybit --------------------------------------------------------------------------------------
BYBIT = {
    "linear": {
        "BTC": ("0.001", "0.10", "5", "100.00", 480),
        "ETH": ("0.01", "0.01", "5", "100.00", 480),
        "ADA": ("1", "0.0001", "5", "75.00", 480),
        "SOL": ("0.1", "0.010", "5", "50.00", 240),
    },
    "inverse": {
        "BTC": ("1", "0.10", "", "100.00", 480),
        "LTC": ("1", "0.01", "", "50.00", 480),
    },
}


def bybit(result: Any, now: int) -> Any:
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": now}


def bybit_symbol(base: str, category: str, dated: int | None = None) -> str:
    day = dt.datetime.fromtimestamp((dated or 0) / 1000, dt.UTC)
    if category == "linear":
        return f"{base}USDT-{day.strftime('%d%b%y').upper()}" if dated else f"{base}USDT"
    return f"{base}USDM26" if dated else f"{base}USD"


def bybit_contract(base: str, category: str, dated: int | None = None) -> dict[str, Any]:
    lot, tick, notional, leverage, interval = BYBIT[category][base]
    form = "Linear" if category == "linear" else "Inverse"
    return {
        "symbol": bybit_symbol(base, category, dated),
        "contractType": f"{form}Futures" if dated else f"{form}Perpetual",
        "status": "Trading",
        "baseCoin": base,
        "quoteCoin": "USDT" if category == "linear" else "USD",
        "launchTime": "1585526400000",
        "deliveryTime": str(dated or 0),
        "deliveryFeeRate": "",
        "priceScale": "2",
        "leverageFilter": {"minLeverage": "1", "maxLeverage": leverage, "leverageStep": "0.01"},
        "priceFilter": {"minPrice": tick, "maxPrice": "1999999.80", "tickSize": tick},
        "lotSizeFilter": {
            "maxOrderQty": "1190.000",
            "minOrderQty": lot,
            "qtyStep": lot,
            "postOnlyMaxOrderQty": "1190.000",
            "maxMktOrderQty": "500.000",
            "minNotionalValue": notional,
        },
        "unifiedMarginTrade": True,
        "fundingInterval": 0 if dated else interval,
        "settleCoin": "USDT" if category == "linear" else base,
        "copyTrading": "both",
        "upperFundingRate": "0.005",
        "lowerFundingRate": "-0.005",
    }


def bybit_instruments(query: Query, now: int) -> Any:
    category = query["category"]
    rows: list[dict[str, Any]] = []
    if category == "spot":
        rows = [
            {
                "symbol": f"{base}USDT",
                "baseCoin": base,
                "quoteCoin": "USDT",
                "innovation": "0",
                "status": "Trading",
                "marginTrading": "both",
                "lotSizeFilter": {
                    "basePrecision": "0.000001",
                    "quotePrecision": "0.00000001",
                    "minOrderQty": "0.000048",
                    "maxOrderQty": "71.73956243",
                    "minOrderAmt": "1",
                    "maxOrderAmt": "4000000",
                },
                "priceFilter": {"tickSize": "0.01"},
            }
            for base in ("BTC", "ETH", "SOL", "ADA", "LTC")
        ]
    elif query.get("status") != "PreLaunch":
        rows = [bybit_contract(base, category) for base in BYBIT[category]]
        rows.append(bybit_contract("BTC", category, JUNE))
        if category == "linear":  # Bybit's futures in USDC, with the same expiries
            in_usdc = {"symbol": "BTC-26JUN26", "quoteCoin": "USDC", "settleCoin": "USDC"}
            rows.append({**bybit_contract("BTC", category, JUNE), **in_usdc})
    return bybit({"category": category, "list": rows, "nextPageCursor": ""}, now)


def bybit_tickers(query: Query, now: int) -> Any:
    category = query["category"]
    if category == "spot":
        rows: list[dict[str, Any]] = [
            {
                "symbol": f"{base}USDT",
                "bid1Price": text(SPOT[base] * 0.9999),
                "bid1Size": "2",
                "ask1Price": text(SPOT[base] * 1.0001),
                "ask1Size": "1.862172",
                "lastPrice": text(SPOT[base]),
                "prevPrice24h": text(SPOT[base]),
                "price24hPcnt": "0.0068",
                "highPrice24h": text(SPOT[base]),
                "lowPrice24h": text(SPOT[base]),
                "turnover24h": "243765620.65899866",
                "volume24h": "11801.27771",
                "usdIndexPrice": text(INDEX[base]),
            }
            for base in ("BTC", "ETH", "SOL", "ADA", "LTC")
        ]
        return bybit({"category": category, "list": wanted(rows, query)}, now)
    rows = [bybit_ticker(base, category, 0, now) for base in BYBIT[category]]
    rows.append(bybit_ticker("BTC", category, JUNE, now))
    return bybit({"category": category, "list": wanted(rows, query)}, now)


def bybit_ticker(base: str, category: str, dated: int, now: int) -> dict[str, Any]:
    interval = BYBIT[category][base][4] // 60
    return {
        "symbol": bybit_symbol(base, category, dated or None),
        "lastPrice": text(DATED[base] * 0.999 if dated else LAST[base]),
        "indexPrice": text(INDEX[base]),
        "markPrice": text(DATED[base] if dated else MARK[base]),
        "prevPrice24h": text(LAST[base]),
        "price24hPcnt": "0.008047",
        "highPrice24h": text(LAST[base]),
        "lowPrice24h": text(LAST[base]),
        "prevPrice1h": text(LAST[base]),
        "openInterest": "373504107",
        "openInterestValue": "22505.67",
        "turnover24h": "2352.94950046",
        "volume24h": "49337318",
        "fundingRate": "" if dated else "0.00021",
        "nextFundingTime": "" if dated else str(following(now, interval)),
        "predictedDeliveryPrice": "",
        "basisRate": "",
        "deliveryFeeRate": "",
        "deliveryTime": str(dated),
        "ask1Size": "1",
        "bid1Price": text(LAST[base]),
        "ask1Price": text(LAST[base]),
        "bid1Size": "1",
    }


def bybit_history(query: Query, now: int) -> Any:
    interval = BYBIT[query["category"]][base_of(query["symbol"])][4] // 60
    times = settled(now, interval, int(query.get("limit", "200")))
    rows = [
        {
            "symbol": query["symbol"],
            "fundingRate": text(0.0002 - 0.00001 * back),
            "fundingRateTimestamp": str(time),
        }
        for back, time in enumerate(reversed(times))
    ]
    return bybit({"category": query["category"], "list": rows}, now)


def bybit_risk(query: Query, now: int) -> Any:
    """Rates as Bybit's servers give them (decimals), and for BTCUSD as its page shows them (percent)."""
    if query["symbol"] == "BTCUSD":
        ladder = [("150", 0.5, 1, "100.00", ""), ("300", 1, 1.5, "66.67", "0.75")]
    else:
        ladder = [("2000000", 0.005, 0.01, "100.00", ""), ("2600000", 0.0056, 0.0111, "90.00", "1200")]
    rows = [
        {
            "id": place,
            "symbol": query["symbol"],
            "riskLimitValue": limit,
            "maintenanceMargin": maintenance,
            "initialMargin": initial,
            "isLowestRisk": int(place == 1),
            "maxLeverage": leverage,
            "mmDeduction": deduction,
        }
        for place, (limit, maintenance, initial, leverage, deduction) in enumerate(ladder, 1)
    ]
    return bybit({"category": query["category"], "list": rows, "nextPageCursor": ""}, now)


def bybit_klines(query: Query, now: int) -> Any:
    rows = [
        [str(time), text(close), text(close), text(close), text(close), "1", "1"]
        for time, close in candles(now, base_of(query["symbol"]), int(query["limit"]), query.get("start"))
    ]
    return bybit({"symbol": query["symbol"], "category": query["category"], "list": rows[::-1]}, now)


# --- BingX --------------------------------------------------------------------------------------
BINGX = {  # size, quantity precision, price precision, smallest order, leverage long and short
    "BTC": ("0.0001", "4", "1", "0.0001", "125", "125"),
    "ETH": ("0.01", "2", "2", "0.01", "125", "100"),
    "SOL": ("1", "0", "3", "1", "5", "5"),
    "ADA": ("1", "0", "5", "1", "5", "5"),
}


def bingx(data: Any, now: int) -> Any:
    return {"code": 0, "msg": "", "timestamp": now, "data": data}


def bingx_contracts(_: Query, now: int) -> Any:
    return bingx(
        [
            {
                "contractId": "100",
                "symbol": f"{base}-USDT",
                "size": size,
                "quantityPrecision": quantity,
                "pricePrecision": price,
                "feeRate": "0.0005",
                "makerFeeRate": "0.0002",
                "takerFeeRate": "0.0005",
                "tradeMinLimit": "0",
                "tradeMinQuantity": smallest,
                "tradeMinUSDT": "2",
                "maxLongLeverage": long,
                "maxShortLeverage": short,
                "currency": "USDT",
                "asset": base,
                "status": "1",
                "apiStateOpen": "true",
                "apiStateClose": "true",
                "ensureTrigger": True,
                "triggerFeeRate": "0.00020000",
            }
            for base, (size, quantity, price, smallest, long, short) in BINGX.items()
        ],
        now,
    )


def bingx_inverse(_: Query, now: int) -> Any:
    return bingx(
        [
            {
                "symbol": "BNB-USD",
                "pricePrecision": 2,
                "minTickSize": "10",
                "minTradeValue": "10",
                "minQty": "1.00000000",
                "status": 1,
                "timeOnline": 1_713_175_200_000,
            }
        ],
        now,
    )


def bingx_spot(_: Query, now: int) -> Any:
    rows = [
        {
            "symbol": f"{base}-USDT",
            "minQty": 0.0001,
            "maxQty": 100,
            "minNotional": 5,
            "maxNotional": 20_000,
            "status": 1,
            "tickSize": 0.01,
            "stepSize": 0.0001,
            "apiStateSell": True,
            "apiStateBuy": True,
            "timeOnline": 0,
            "offTime": 0,
            "maintainTime": 0,
        }
        for base in ("BTC", "ETH", "SOL", "ADA", "BNB")
    ]
    return bingx({"symbols": rows}, now)


def bingx_premium(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    row = {
        "symbol": query["symbol"],
        "markPrice": text(MARK[base]),
        "indexPrice": text(INDEX[base]),
        "lastFundingRate": "0.00031",
        "nextFundingTime": following(now, 8),
        "fundingIntervalHours": 8,
        "updateTime": now - 1000,
    }
    return bingx([row] if query["symbol"].endswith("-USD") else row, now)


def bingx_history(query: Query, now: int) -> Any:
    times = settled(now, 8, int(query["limit"]))
    return bingx(
        [
            {"symbol": query["symbol"], "fundingRate": text(0.0003 - 0.00001 * back), "fundingTime": time}
            for back, time in enumerate(reversed(times))
        ],
        now,
    )


def bingx_ticker(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    row = {
        "symbol": query["symbol"],
        "priceChange": "52.5",
        "priceChangePercent": "0.31%",
        "lastPrice": text(LAST[base]),
        "lastQty": "2.2238",
        "highPrice": text(LAST[base]),
        "lowPrice": text(LAST[base]),
        "volume": "245870.1692",
        "quoteVolume": "4151395117.73",
        "openPrice": text(LAST[base]),
        "openTime": now - DAY,
        "closeTime": now - 500,
        "bidPrice": text(LAST[base]),
        "bidQty": "0.05",
        "askPrice": text(LAST[base]),
        "askQty": "0.05",
    }
    return bingx([row] if query["symbol"].endswith("-USD") else row, now)


def bingx_spot_ticker(query: Query, now: int) -> Any:
    price = SPOT[base_of(query["symbol"])]
    row = {
        "symbol": query["symbol"],
        "openPrice": price,
        "highPrice": price,
        "lowPrice": price,
        "lastPrice": price,
        "volume": 1161.79,
        "quoteVolume": 30_288_466.44,
        "openTime": now - DAY,
        "closeTime": now - 500,
        "bidPrice": price,
        "bidQty": 0.05,
        "askPrice": price,
        "askQty": 0.05,
    }
    return bingx([row], now)


def bingx_klines(query: Query, now: int) -> Any:
    since = str(int(query["startTime"]) + 1)  # ccxt asks from a millisecond before
    rows = candles(now, base_of(query["symbol"]), int(query["limit"]), since)[::-1]
    return bingx([[time, close, close, close, close, 1.0, time + DAY - 1, 1.0] for time, close in rows], now)


# --- WEEX ---------------------------------------------------------------------------------------
WEEX = {  # contract value, quantity precision, price precision, smallest order, leverage, cycle in minutes
    "BTC": ("0.0001", "4", "1", "0.0001", "400", 480),
    "ETH": ("0.001", "3", "2", "0.001", "400", 480),
    "DOGE": ("100", "-2", "5", "100", "200", 60),
}


def weex_contracts(_: Query, __: int) -> Any:
    return {
        "symbols": [
            {
                "symbol": f"{base}USDT",
                "baseAsset": base,
                "quoteAsset": "USDT",
                "marginAsset": "USDT",
                "pricePrecision": price,
                "quantityPrecision": quantity,
                "baseAssetPrecision": "2",
                "quotePrecision": "8",
                "contractVal": value,
                "delivery": ["00:00:00", "08:00:00", "16:00:00"],
                "forwardContractFlag": True,
                "minLeverage": "1",
                "maxLeverage": leverage,
                "buyLimitPriceRatio": "0.01",
                "sellLimitPriceRatio": "0.01",
                "makerFeeRate": "0.0002",
                "takerFeeRate": "0.0008",
                "minOrderSize": smallest,
                "maxOrderSize": "1000000",
                "maxPositionSize": "5000000",
                "marketOpenLimitSize": "2300",
            }
            for base, (value, quantity, price, smallest, leverage, _) in WEEX.items()
        ]
    }


def weex_spot(_: Query, __: int) -> Any:
    return {
        "symbols": [
            {
                "symbol": f"{base}USDT",
                "status": "TRADING",
                "baseAsset": base,
                "baseAssetPrecision": "8",
                "quoteAsset": "USDT",
                "quoteAssetPrecision": "8",
                "tickSize": "0.01",
                "stepSize": "0.00001",
                "minTradeAmount": "0.0001",
                "maxTradeAmount": "99999",
                "takerFeeRate": "0.001",
                "makerFeeRate": "0.001",
                "enableTrade": True,
                "enableDisplay": True,
            }
            for base in WEEX
        ]
    }


def weex_premium(query: Query, now: int) -> Any:
    return [
        {
            "symbol": f"{base}USDT",
            "markPrice": text(MARK[base]),
            "indexPrice": text(INDEX[base]),
            "forecastFundingRate": "0.00005618",
            "lastFundingRate": "0.00001031",
            "interestRate": "0.001",
            "nextFundingTime": following(now, cycle // 60),
            "time": now - 700,
            "collectCycle": cycle,
        }
        for base, (*_, cycle) in WEEX.items()
        if query.get("symbol") in (None, f"{base}USDT")
    ]


def weex_history(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    times = settled(now, WEEX[base][5] // 60, int(query["limit"]))
    return [
        {
            "symbol": query["symbol"],
            "fundingRate": text(0.00001031 + 0.000001 * back),
            "fundingTime": time,
            "markPrice": text(MARK[base]),
        }
        for back, time in enumerate(reversed(times))
    ]


def weex_ticker(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    return [
        {
            "symbol": query["symbol"],
            "priceChange": "-75.49",
            "priceChangePercent": "-0.034992",
            "lastPrice": text(LAST[base]),
            "openPrice": text(LAST[base]),
            "highPrice": text(LAST[base]),
            "lowPrice": text(LAST[base]),
            "volume": "623160.426",
            "quoteVolume": "1310647345.19346",
            "openTime": now - DAY,
            "closeTime": now - 500,
            "markPrice": text(MARK[base]),
            "indexPrice": text(INDEX[base]),
        }
    ]


def weex_spot_ticker(query: Query, now: int) -> Any:
    price = text(SPOT[base_of(query["symbol"])])
    return [
        {
            "symbol": query["symbol"],
            "priceChange": "-72.98",
            "priceChangePercent": "-0.033811",
            "lastPrice": price,
            "bidPrice": price,
            "bidQty": "1.53848",
            "askPrice": price,
            "askQty": "1.87504",
            "openPrice": price,
            "highPrice": price,
            "lowPrice": price,
            "volume": "157359.56105",
            "quoteVolume": "331284305.7193626",
            "openTime": now - DAY,
            "closeTime": now - 500,
            "count": 59_727,
        }
    ]


def weex_klines(query: Query, now: int) -> Any:
    rows = candles(now, base_of(query["symbol"]), 100)  # whatever is asked: ccxt passes no limit on
    return [
        [time, text(close), text(close), text(close), text(close), "1", time + DAY, "1", 1, "1", "1"]
        for time, close in rows
    ]


# --- MEXC ---------------------------------------------------------------------------------------
MEXC = {  # contract size, price unit, funding cycle in hours
    "BTC": (0.0001, 0.1, 8),
    "ETH": (0.01, 0.01, 8),
    "SOL": (0.1, 0.001, 4),
    "ADA": (1, 0.0001, 8),
}


def mexc(data: Any, _now: int = 0) -> Any:
    return {"success": True, "code": 0, "data": data}


def mexc_contracts(_: Query, __: int) -> Any:
    return mexc(
        [
            {
                "symbol": f"{base}_USDT",
                "displayNameEn": f"{base}_USDT PERPETUAL",
                "positionOpenType": 3,
                "baseCoin": base,
                "quoteCoin": "USDT",
                "settleCoin": "USDT",
                "contractSize": size,
                "minLeverage": 1,
                "maxLeverage": 200,
                "priceScale": 1,
                "volScale": 0,
                "amountScale": 4,
                "priceUnit": unit,
                "volUnit": 1,
                "minVol": 1,
                "maxVol": 1_000_000,
                "takerFeeRate": 0.0002,
                "makerFeeRate": 0,
                "maintenanceMarginRate": 0.004,
                "initialMarginRate": 0.005,
                "riskBaseVol": 10_000,
                "riskIncrVol": 200_000,
                "riskIncrMmr": 0.004,
                "riskIncrImr": 0.005,
                "riskLevelLimit": 3,
                "riskLimitType": "BY_VOLUME",
                "riskLimitMode": "CUSTOM" if base == "ETH" else "INCREASE",
                "riskLimitCustom": [
                    {"level": 1, "maxVol": 50_000, "mmr": 0.004, "imr": 0.005, "maxLeverage": 200},
                    {"level": 2, "maxVol": 310_000, "mmr": 0.008, "imr": 0.01, "maxLeverage": 100},
                ]
                if base == "ETH"
                else [],
                "state": 0,
                "isNew": False,
                "isHot": True,
                "isHidden": False,
            }
            for base, (size, unit, _) in MEXC.items()
        ]
    )


def mexc_spot(_: Query, now: int) -> Any:
    return {
        "timezone": "CST",
        "serverTime": now,
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": [
            {
                "symbol": f"{base}USDT",
                "status": "1",
                "baseAsset": base,
                "baseAssetPrecision": 6,
                "quoteAsset": "USDT",
                "quoteAssetPrecision": 2,
                "isSpotTradingAllowed": True,
                "isMarginTradingAllowed": False,
                "permissions": ["SPOT"],
                "filters": [],
                "baseSizePrecision": "0.000001",
                "maxQuoteAmount": "4000000",
                "makerCommission": "0",
                "takerCommission": "0.0005",
                "quoteAmountPrecision": "1",
            }
            for base in MEXC
        ],
    }


def mexc_funding(base: str) -> Answer:
    return lambda _, now: mexc(
        {
            "symbol": f"{base}_USDT",
            "fundingRate": 0.000014,
            "maxFundingRate": 0.003,
            "minFundingRate": -0.003,
            "collectCycle": MEXC[base][2],
            "nextSettleTime": following(now, MEXC[base][2]),
            "timestamp": now - 600,
        }
    )


def mexc_history(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    times = settled(now, MEXC[base][2], int(query.get("page_size", "20")))
    rows = [
        {"symbol": query["symbol"], "fundingRate": round(0.000266 - 0.00001 * back, 9), "settleTime": time}
        for back, time in enumerate(reversed(times))
    ]
    return mexc(
        {"pageSize": len(rows), "totalCount": 21, "totalPage": 11, "currentPage": 1, "resultList": rows}
    )


def mexc_ticker(query: Query, now: int) -> Any:
    base = base_of(query["symbol"])
    return mexc(
        {
            "symbol": query["symbol"],
            "lastPrice": LAST[base],
            "bid1": LAST[base],
            "ask1": LAST[base],
            "volume24": 4_045_530,
            "amount24": 141_331_823.5755,
            "holdVol": 5_832_946,
            "lower24Price": LAST[base],
            "high24Price": LAST[base],
            "riseFallRate": 0.0275,
            "riseFallValue": 95.95,
            "indexPrice": INDEX[base],
            "fairPrice": MARK[base],
            "fundingRate": 0.000063,
            "maxBidPrice": LAST[base],
            "minAskPrice": LAST[base],
            "timestamp": now - 400,
        }
    )


def mexc_spot_ticker(query: Query, now: int) -> Any:
    price = text(SPOT[base_of(query["symbol"])])
    return {
        "symbol": query["symbol"],
        "priceChange": "184.34",
        "priceChangePercent": "0.00400048",
        "prevClosePrice": price,
        "lastPrice": price,
        "lastQty": "",
        "bidPrice": price,
        "bidQty": "",
        "askPrice": price,
        "askQty": "",
        "openPrice": price,
        "highPrice": price,
        "lowPrice": price,
        "volume": "1732.461487",
        "quoteVolume": None,
        "openTime": now - DAY,
        "closeTime": now - 500,
        "count": None,
    }


def mexc_klines(query: Query, now: int) -> Any:
    return [
        [time, text(close), text(close), text(close), text(close), "3.55", time + DAY, "168387.3"]
        for time, close in candles(now, base_of(query["symbol"]), int(query["limit"]), query.get("startTime"))
    ]


FAPI, DAPI, API = "fapi.binance.com/fapi/v1", "dapi.binance.com/dapi/v1", "api.binance.com/api/v3"
BYBIT_API, BINGX_API = "api.bybit.com/v5/market", "open-api.bingx.com/openApi"
WEEX_CONTRACT, WEEX_SPOT = "api-contract.weex.com/capi/v3/market", "api-spot.weex.com/api/v3"
MEXC_SPOT, MEXC_CONTRACT = "api.mexc.com/api/v3", "api.mexc.com/api/v1/contract"

ROUTES: dict[str, Answer] = {
    f"{FAPI}/exchangeInfo": binance_info(USDM),
    f"{DAPI}/exchangeInfo": binance_info(COINM),
    f"{API}/exchangeInfo": binance_info(
        [binance_spot(base) for base in ("BTC", "ETH", "ADA", "SOL", "BNB", "PEPE", "PAXG")]
    ),
    f"{FAPI}/time": lambda _, now: {"serverTime": now},
    f"{DAPI}/time": lambda _, now: {"serverTime": now},
    f"{API}/time": lambda _, now: {"serverTime": now},
    f"{FAPI}/premiumIndex": usdm_premium,
    f"{DAPI}/premiumIndex": coinm_premium,
    f"{FAPI}/fundingRate": usdm_history,
    f"{DAPI}/fundingRate": coinm_history,
    f"{FAPI}/ticker/24hr": binance_ticker,
    f"{DAPI}/ticker/24hr": coinm_ticker,
    f"{API}/ticker/24hr": binance_spot_ticker,
    f"{API}/klines": binance_klines,
    f"{BYBIT_API}/time": lambda _, now: bybit(
        {"timeSecond": str(now // 1000), "timeNano": str(now * 10**6)}, now
    ),
    f"{BYBIT_API}/instruments-info": bybit_instruments,
    f"{BYBIT_API}/tickers": bybit_tickers,
    f"{BYBIT_API}/funding/history": bybit_history,
    f"{BYBIT_API}/risk-limit": bybit_risk,
    f"{BYBIT_API}/kline": bybit_klines,
    f"{BINGX_API}/swap/v2/server/time": lambda _, now: bingx({"serverTime": now}, now),
    f"{BINGX_API}/swap/v2/quote/contracts": bingx_contracts,
    f"{BINGX_API}/cswap/v1/market/contracts": bingx_inverse,
    f"{BINGX_API}/spot/v1/common/symbols": bingx_spot,
    f"{BINGX_API}/swap/v2/quote/premiumIndex": bingx_premium,
    f"{BINGX_API}/cswap/v1/market/premiumIndex": bingx_premium,
    f"{BINGX_API}/swap/v2/quote/fundingRate": bingx_history,
    f"{BINGX_API}/swap/v2/quote/ticker": bingx_ticker,
    f"{BINGX_API}/cswap/v1/market/ticker": bingx_ticker,
    f"{BINGX_API}/spot/v1/ticker/24hr": bingx_spot_ticker,
    f"{BINGX_API}/spot/v1/market/kline": bingx_klines,
    f"{WEEX_CONTRACT}/exchangeInfo": weex_contracts,
    f"{WEEX_SPOT}/exchangeInfo": weex_spot,
    f"{WEEX_SPOT}/time": lambda _, now: {"serverTime": now},
    f"{WEEX_CONTRACT}/time": lambda _, now: {"serverTime": now},
    f"{WEEX_CONTRACT}/premiumIndex": weex_premium,
    f"{WEEX_CONTRACT}/fundingRate": weex_history,
    f"{WEEX_CONTRACT}/ticker/24hr": weex_ticker,
    f"{WEEX_SPOT}/market/ticker/24hr": weex_spot_ticker,
    f"{WEEX_SPOT}/market/klines": weex_klines,
    f"{MEXC_CONTRACT}/detail": mexc_contracts,
    f"{MEXC_CONTRACT}/ping": lambda _, now: mexc(now),
    f"{MEXC_SPOT}/exchangeInfo": mexc_spot,
    f"{MEXC_SPOT}/time": lambda _, now: {"serverTime": now},
    f"{MEXC_CONTRACT}/ticker": mexc_ticker,
    f"{MEXC_CONTRACT}/funding_rate/history": mexc_history,
    **{f"{MEXC_CONTRACT}/funding_rate/{base}_USDT": mexc_funding(base) for base in MEXC},
    f"{MEXC_SPOT}/ticker/24hr": mexc_spot_ticker,
    f"{MEXC_SPOT}/klines": mexc_klines,
}
