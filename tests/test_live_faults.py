"""Every way in which a venue can fail us: one sentence each, old data kept, nothing written half."""

import datetime as dt
import errno
import gzip
import os
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from support.live_fixtures import TODAY, command, connection, patient, server
from support.venue_answers import BINGX_API, BYBIT_API, FAPI, MEXC_CONTRACT, WEEX_CONTRACT, bingx
from support.venue_server import Fault, VenueServer

from udfs.conventions import LINEAR
from udfs.venues import CONTRACTS_FILE, tables
from workbook.live import faults
from workbook.live.client import Client, Connection
from workbook.live.clock import Clock
from workbook.live.venues import Refresh, kept_rows, refresh, write

__all__ = ["connection", "server"]  # fixtures

LOGIN_PAGE = "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>"


def sentences(found: Refresh) -> set[str]:
    """What is said of the contracts that could not be had."""
    return set(kept_rows(tables(), found.missed, TODAY.date()))


STAYS = "BTC/USDT:USDT stays as of 2025-04-01, 348 days old"


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        (
            Fault(status=429, body="{}"),
            faults.TooOften,
            "Bybit: too many requests (HTTP 429); try again in a few minutes",
        ),
        (
            Fault(status=429, body="{}", headers={"Retry-After": "120"}),
            faults.TooOften,
            "Bybit: too many requests (HTTP 429); try again in 120 seconds",
        ),
        (
            Fault(status=418, body="{}"),
            faults.TooOften,
            "Bybit: too many requests (HTTP 418); try again in a few minutes",
        ),
        (
            Fault(status=451, body="Unavailable for legal reasons"),
            faults.Blocked,
            "Bybit: does not serve this place (HTTP 451); ask another venue, or a mirror of this one",
        ),
        (
            Fault(status=403, body=LOGIN_PAGE),
            faults.Blocked,
            "Bybit: does not serve this place (HTTP 403); ask another venue, or a mirror of this one",
        ),
        (
            Fault(body=LOGIN_PAGE),
            faults.NoData,
            "Bybit: answered with a web page in place of data: a login page of the network, or a block",
        ),
        (
            Fault(body='{"retCode": 0, "result": {"li'),
            faults.NoData,
            "Bybit: the answer is no JSON, or was cut off",
        ),
        (
            Fault(status=503, body=""),
            faults.OutOfOrder,
            "Bybit: out of order at the moment (HTTP 503)",
        ),
        (
            Fault(status=502, body=LOGIN_PAGE),
            faults.OutOfOrder,
            "Bybit: out of order at the moment (HTTP 502)",
        ),
        (
            Fault(cut=True),
            faults.NoConnection,
            "Bybit: can't be reached: the connection failed or broke off",
        ),
        (
            Fault(body='{"retCode": 10001, "retMsg": "params error"}'),
            faults.Refused,
            'Bybit: refused: bybit {"retCode": 10001, "retMsg": "params error"}',
        ),
    ],
    ids=lambda given: given.__name__ if isinstance(given, type) else None,
)
def test_one_sentence_a_fault(
    fault: Fault, kind: type, sentence: str, server: VenueServer, connection: Connection
) -> None:
    """Whatever the venue does, the person reads one sentence and the age of the row that stays."""
    server.faults = [fault]
    found = refresh(tables(), connection, ["Bybit"], ["BTCUSDT"])
    assert [type(miss.reason) for miss in found.missed] == [kind]
    assert sentences(found) == {f"{sentence}; {STAYS}"}
    assert (found.contracts, found.tiers) == ([], [])


def test_a_drip_ends(server: VenueServer) -> None:
    """A byte now and then keeps a connection alive for ever, but not the wait for the whole answer."""
    server.faults = [Fault(drip=True)]
    found = refresh(tables(), patient(server, timeout=0.5), ["Bybit"], ["BTCUSDT"])
    assert [type(miss.reason) for miss in found.missed] == [faults.Dripping]
    assert sentences(found) == {f"Bybit: no whole answer within 1.5 seconds; {STAYS}"}


@pytest.mark.parametrize("packed", [True, False])
def test_a_body_without_end_is_left(
    server: VenueServer, connection: Connection, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound is on what the answer is, not on what goes over the line."""
    monkeypatch.setattr("workbook.live.bounded.LARGEST", 1 << 20)
    body = b"[" + b" " * (8 << 20) + b"]"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    server.faults = [Fault(packed=gzip.compress(body) if packed else body, headers=headers)]
    found = refresh(tables(), connection, ["Bybit"], ["BTCUSDT"])
    assert sentences(found) == {f"Bybit: the answer is larger than 1 MB; {STAYS}"}


def test_a_body_in_layers_is_not_unpacked(server: VenueServer, connection: Connection) -> None:
    """A few kilobytes packed twice may hold gigabytes: no venue sends such an answer."""
    body = gzip.compress(gzip.compress(b"{}"))
    server.faults = [Fault(packed=body, headers={"Content-Encoding": "gzip, gzip"})]
    found = refresh(tables(), connection, ["Bybit"], ["BTCUSDT"])
    assert sentences(found) == {f"Bybit: the answer is packed more than once; {STAYS}"}


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("http://evil.example/v5", "Bybit: sends on to evil.example, which is not asked"),
        ("//evil.example/v5", "Bybit: sends on to evil.example, which is not asked"),
        ("https://127.0.0.1/v5", "Bybit: sends on to 127.0.0.1, which is not asked"),
        ("file:///etc/passwd", "Bybit: sends on to nowhere, which is not asked"),
        ("/api.bybit.com/again", "Bybit: sends on without end"),
    ],
)
def test_nobody_else_is_asked(
    server: VenueServer, connection: Connection, location: str, sentence: str
) -> None:
    """A venue may send on within itself, a few times; another host is another party."""
    server.faults = [Fault(status=302, headers={"Location": location})]
    server.routes["api.bybit.com/again"] = lambda *_: {}
    found = refresh(tables(), connection, ["Bybit"], ["BTCUSDT"])
    assert sentences(found) == {f"{sentence}; {STAYS}"}


@pytest.mark.parametrize(
    "mirror", ["http://mirror.example", "ftp://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1.example"]
)
@pytest.mark.usefixtures("server")
def test_open_mirrors_are_refused(mirror: str) -> None:
    """What anybody on the way could change is not asked."""
    (miss,) = refresh(tables(), Connection(mirror=mirror), ["Bybit"], ["BTCUSDT"]).missed
    assert f"{mirror} must begin with https://" in str(miss.reason)


@pytest.mark.usefixtures("server")
def test_no_network() -> None:
    """Nobody listens: the reason is the system's own word."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # taken, so that nobody else listens there
        away = Connection(mirror=f"http://127.0.0.1:{free.getsockname()[1]}", attempts=2, backoff=0.001)
        found = refresh(tables(), away, ["Bybit"], ["BTCUSDT"])
    assert sentences(found) == {f"Bybit: can't be reached: {os.strerror(errno.ECONNREFUSED)}; {STAYS}"}


@pytest.mark.usefixtures("server")
def test_no_such_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that does not resolve is no network either, whatever the resolver calls it."""

    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "nobody knows that name")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    away = Connection(mirror="https://venue.invalid", attempts=1)
    (miss,) = refresh(tables(), away, ["Bybit"], ["BTCUSDT"]).missed
    assert str(miss.reason) == "Bybit: can't be reached: nobody knows that name"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate with its key, for 127.0.0.1, made now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    public = made.public_bytes(Encoding.PEM)
    tmp_path.joinpath("certificate.pem").write_bytes(public)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + public)
    return file


@pytest.mark.usefixtures("server")
def test_wrong_certificate(certificate: Path) -> None:
    """A real TLS server with a certificate of its own: not one byte is asked of it."""
    with VenueServer(certificate).running() as false:
        found = refresh(tables(), patient(false), ["Bybit"], ["BTCUSDT"])
        assert false.asked == []
    (miss,) = found.missed
    assert isinstance(miss.reason, faults.NoTrust)
    assert sentences(found) == {
        (
            "Bybit: the server's certificate is not to be trusted, so nothing was read; a proxy that "
            f"inspects traffic needs its own certificate in REQUESTS_CA_BUNDLE; {STAYS}"
        )
    }


@pytest.mark.usefixtures("server")
def test_proxys_own_certificate_can_be_trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """REQUESTS_CA_BUNDLE is heard, as the sentence says."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.with_name("certificate.pem")))
    with VenueServer(certificate).running() as proxy:
        found = refresh(tables(), patient(proxy), ["MEXC"], ["BTC"])
    assert [row.venue for row in found.contracts] == ["MEXC"]


def test_proxy_of_the_environment_is_used(server: VenueServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY and its kin are heard: a name that resolves nowhere is the proxy's to ask."""
    monkeypatch.setenv("HTTP_PROXY", server.address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setattr(
        "workbook.live.bounded.refuse_open_mirror", lambda _: None
    )  # a test's proxy has no TLS
    client = Client("Bybit", "bybit", Connection(mirror="http://venues.invalid", timeout=60, attempts=1))
    assert client.ask("fetch_time") == server.now


def test_no_answer_in_time(server: VenueServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A venue that is too slow is given up, and not asked again for every other contract."""
    pauses: list[float] = []
    monkeypatch.setattr("workbook.live.client.sleep", pauses.append)
    server.faults = [Fault(is_silent=True)]
    hasty = Connection(mirror=server.address, timeout=0.05, attempts=2, backoff=0.001)
    found = refresh(tables(), hasty, ["Bybit"])
    assert len(found.missed) == 5
    assert {str(miss.reason) for miss in found.missed} == {"Bybit: no answer in time"}
    assert pauses == [0.001]  # one before the second attempt, and no third


def test_second_try_helps(server: VenueServer, connection: Connection) -> None:
    """A passing fault is no fault: the same request is made again."""
    server.faults = [Fault(status=503, times=2)]
    found = refresh(tables(), connection, ["MEXC"], ["BTC"])
    assert not found.missed
    assert server.asked[:3] == ["api.mexc.com/api/v3/time"] * 3


def test_pauses_grow(server: VenueServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is twice the one before; a venue that says how long to wait is obeyed."""
    pauses: list[float] = []
    monkeypatch.setattr("workbook.live.client.sleep", pauses.append)
    server.faults = [
        Fault(status=503, times=3),
        Fault(status=429, headers={"Retry-After": "7"}, times=1),
    ]
    client = Client("Bybit", "bybit", patient(server, attempts=5, backoff=0.5))
    client.ask("fetch_time")
    assert pauses == [0.5, 1.0, 2.0, 7.0]


def test_long_ban_is_not_waited_for(server: VenueServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A venue that asks for an hour's pause is left alone at once."""
    monkeypatch.setattr("workbook.live.client.sleep", lambda _: pytest.fail("waited"))
    server.faults = [Fault(status=429, headers={"Retry-After": "3600"})]
    client = Client("Bybit", "bybit", patient(server))
    with pytest.raises(faults.TooOften, match="try again in 3600 seconds"):
        client.ask("fetch_time")
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", [Fault(status=451), Fault(body=LOGIN_PAGE)])
def test_what_will_not_pass_is_not_tried_again(
    fault: Fault, server: VenueServer, connection: Connection
) -> None:
    """A block or a login page answers the second time as the first."""
    server.faults = [fault]
    refresh(tables(), connection, ["Bybit"], ["BTCUSDT"])
    assert len(server.asked) == 1


def test_clock_that_is_off(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates are the venue's; one sentence says how far off the clock here is."""
    monkeypatch.setattr("workbook.live.clock.here", lambda: TODAY - dt.timedelta(days=400, hours=1))
    found = refresh(tables(), connection, ["Bybit"], ["BTCUSDT"])
    assert found.remarks == ["the clock of this computer is 400 days behind that of Bybit; its time is used"]
    assert [row.as_of for row in found.contracts] == [46096.0]


@pytest.mark.parametrize(
    ("error", "remark"),
    [
        (dt.timedelta(seconds=59), None),
        (dt.timedelta(seconds=-59), None),
        (dt.timedelta(minutes=5), "5 minutes ahead of"),
        (dt.timedelta(minutes=-1), "1 minute behind"),
        (dt.timedelta(hours=-2, minutes=-5), "2 hours behind"),
        (dt.timedelta(days=1), "1 day ahead of"),
    ],
)
def test_clock_within_a_minute_is_right(error: dt.timedelta, remark: str | None) -> None:
    """A minute either way matters to nobody."""
    said = Clock(TODAY, error).remark("Bybit")
    assert said == (remark and f"the clock of this computer is {remark} that of Bybit; its time is used")


def test_partial_answer_is_kept_and_named(
    server: VenueServer, connection: Connection, tmp_path: Path
) -> None:
    """One venue is down, another drops a contract: the rest is written, both are named."""
    server.faults = [Fault(on="api.bybit.com", status=451)]
    answer = server.routes[f"{MEXC_CONTRACT}/detail"]

    def partial(query: dict[str, str], now: int) -> Any:
        given = answer(query, now)
        return {**given, "data": [row for row in given["data"] if row["baseCoin"] != "ADA"]}

    server.routes[f"{MEXC_CONTRACT}/detail"] = partial
    found = refresh(tables(), connection, ["Bybit", "MEXC"], ["BTCUSDT", "ADAUSDT"])
    write(tmp_path / "tables", found)
    assert [(row.venue, row.symbol) for row in found.contracts] == [("MEXC", "BTC/USDT:USDT")]
    assert sentences(found) == {
        (
            "Bybit: does not serve this place (HTTP 451); ask another venue, or a mirror of this one; "
            "BTC/USDT:USDT, ADA/USDT:USDT stay as of 2025-04-01, 348 days old"
        ),
        "MEXC: does not list ADAUSDT; ADA/USDT:USDT stays as of 2025-01-01, 438 days old",
    }
    assert tables().contract("MEXC", "BTC").as_of == 46096
    assert tables().contract("Bybit", "BTC").as_of == 45748


def test_fault_in_the_middle_keeps_what_was_had(server: VenueServer, connection: Connection) -> None:
    """Rates stop being answered after the first contract: that one is new, the others stay."""
    answer = server.routes[f"{FAPI}/premiumIndex"]
    server.routes[f"{FAPI}/premiumIndex"] = lambda query, now: (
        answer(query, now) if query["symbol"] == "BTCUSDT" else {"code": -1003, "msg": "Too many requests."}
    )
    found = refresh(tables(), connection, ["binanceusdm"])
    assert [row.symbol for row in found.contracts] == ["BTC/USDT:USDT"]
    stay = {row.symbol for row in tables().contracts if (row.venue, row.kind) == ("Binance", LINEAR)}
    assert {"ETH/USDT:USDT", "ADA/USDT:USDT"} < stay
    assert {(miss.symbol, type(miss.reason)) for miss in found.missed} == {
        (symbol, faults.TooOften) for symbol in stay - {"BTC/USDT:USDT"}
    }


def test_answer_of_another_shape(server: VenueServer, connection: Connection) -> None:
    """A field that changed its form is a sentence, not a traceback."""
    server.routes[f"{WEEX_CONTRACT}/premiumIndex"] = lambda *_: ["BTCUSDT"]
    (miss,) = refresh(tables(), connection, ["WEEX"], ["BTC"]).missed
    assert isinstance(miss.reason, faults.LiveError)


def test_answer_without_content(server: VenueServer, connection: Connection) -> None:
    """An answer that ccxt reads as nothing at all is a fault, not an interval that is unknown."""
    server.routes[f"{BINGX_API}/swap/v2/quote/premiumIndex"] = lambda _, now: bingx([], now)
    (miss,) = refresh(tables(), connection, ["BingX"], ["ETH"]).missed
    assert str(miss.reason) == "BingX: the answer has neither a rate nor a price of ETH/USDT:USDT"


def test_tiers_of_another_shape_cost_the_tiers_alone(server: VenueServer, connection: Connection) -> None:
    """MEXC renames the fields of its tiers: the contract is had, the tiers stay, one sentence says so."""
    answer = server.routes[f"{MEXC_CONTRACT}/detail"]

    def renamed(query: dict[str, str], now: int) -> Any:
        given = answer(query, now)
        rows = [{**row, "riskLimitCustom": [{"lv": 1, "vol": 5}]} for row in given["data"]]
        return {**given, "data": rows}

    server.routes[f"{MEXC_CONTRACT}/detail"] = renamed
    found = refresh(tables(), connection, ["MEXC"], ["BTC"])
    assert [row.symbol for row in found.contracts] == ["BTC/USDT:USDT"]
    assert found.tiers == []
    assert found.remarks == [
        (
            "MEXC: the answer is not of the shape that was expected (KeyError: 'maxVol'); "
            "the leverage tiers of BTC/USDT:USDT stay as they were"
        )
    ]


def test_tiers_that_are_refused_cost_the_tiers_alone(server: VenueServer, connection: Connection) -> None:
    """Bybit's risk limits are out of order: the contract is had all the same."""
    server.faults = [Fault(on="risk-limit", status=503)]
    found = refresh(tables(), connection, ["Bybit"], ["BTCUSDT"])
    assert [row.symbol for row in found.contracts] == ["BTC/USDT:USDT"]
    assert found.remarks == [
        (
            "Bybit: out of order at the moment (HTTP 503); "
            "the leverage tiers of BTC/USDT:USDT stay as they were"
        )
    ]


def test_empty_list_is_no_answer(server: VenueServer, connection: Connection) -> None:
    """A venue without a market has not delisted everything: it has failed."""
    server.routes[f"{BYBIT_API}/instruments-info"] = lambda _, now: {
        "retCode": 0,
        "retMsg": "OK",
        "result": {"category": "linear", "list": []},
        "time": now,
    }
    (miss,) = refresh(tables(), connection, ["Bybit"], ["BTC"]).missed
    assert str(miss.reason) == "Bybit: lists no market at all"


def test_nothing_is_written_half(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails in the middle leaves the old file and no draft."""
    folder = tmp_path / "tables"
    write(folder, refresh(tables(), connection, ["MEXC"], ["BTC"]))
    before = (folder / CONTRACTS_FILE).read_bytes()
    names = sorted(path.name for path in folder.iterdir())
    found = refresh(tables(), connection, ["WEEX"])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbook.files.atomic_write.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(folder, found)
    assert (folder / CONTRACTS_FILE).read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == names


def test_without_ccxt_one_sentence(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is missing: what to install."""
    monkeypatch.setitem(sys.modules, "ccxt", None)
    (miss,) = refresh(tables(), connection, ["Bybit"], ["BTC"]).missed
    assert str(miss.reason) == "live facts need ccxt: pip install 'microhedge[live]'"


def test_command_shows_changes_and_writes(server: VenueServer, tmp_path: Path) -> None:
    """`venues refresh`: what changed on standard output, the rest beside it, exit 0."""
    words = ("--venue", "weex", "--symbol", "DOGE")
    done = command(server, tmp_path / "new", "venues", "refresh", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "venue  symbol          fact                    was  is",
        "WEEX   DOGE/USDT:USDT  funding_interval_hours  8    1",
    ]
    assert "1 contracts refreshed, 0 kept as they were" in done.stderr
    assert (tmp_path / "new" / CONTRACTS_FILE).is_file()


def test_command_says_what_was_kept(server: VenueServer, tmp_path: Path) -> None:
    """A venue that fails: its sentence on standard error, exit 1, no file, no traceback."""
    server.faults = [Fault(status=451)]
    words = ("--venue", "Bybit", "--symbol", "BTCUSDT")
    done = command(server, tmp_path / "tables", "venues", "refresh", *words)
    assert done.returncode == 1
    assert done.stdout == "nothing changed\n"
    assert "Bybit: does not serve this place (HTTP 451)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "tables").glob("*.csv"))


def test_unknown_venue_is_refused(server: VenueServer, tmp_path: Path) -> None:
    """A venue that can't be asked: the names of those that can."""
    done = command(server, tmp_path, "venues", "refresh", "--venue", "Mt. Gox")
    assert done.returncode == 1
    assert 'venue: "Mt. Gox" can not be asked; there are Binance, Bybit, BingX, WEEX, MEXC' in done.stderr
