"""A venue through ccxt: where it is asked, how long, how often, how patiently."""

import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from time import sleep
from typing import Any, Final, Self

from udfs.errors import HedgeError
from workbook.live.faults import LiveError, NoData, NoLibrary, live_fault, no_json

MIRROR: Final = "MICROHEDGE_MIRROR"
SCHEME: Final = "https://"
PATIENCE: Final = 60.0  # seconds; a venue that asks for a longer pause is left alone


@dataclass(frozen=True, slots=True)
class Connection:
    """How venues are reached.

    With a mirror `https://mirror.example/ccxt`, what ccxt would ask at `https://api.venue.com/path`
    is asked at `https://mirror.example/ccxt/api.venue.com/path`: a reverse proxy needs one rule.
    Proxies and certificates come from the usual variables (HTTPS_PROXY, REQUESTS_CA_BUNDLE).
    """

    mirror: str = ""
    timeout: float = 10.0  # seconds for one answer
    attempts: int = 4
    backoff: float = 1.0  # seconds before the second attempt; twice as long before each further one

    @classmethod
    def from_environment(cls) -> Self:
        """As the environment says: MICROHEDGE_MIRROR."""
        return cls(mirror=os.environ.get(MIRROR, "").rstrip("/"))


class Client:
    """One ccxt exchange, polite and patient; every fault is a LiveError of one sentence."""

    def __init__(
        self, venue: str, exchange: str, connection: Connection, types: tuple[str, ...] = ()
    ) -> None:
        self.venue = venue
        self.connection = connection
        self.exchange: Any = _exchange(venue, exchange, connection, types)
        self.exchange.fetch = self._patiently(self.exchange.fetch)

    def ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        """The answer of one of ccxt's methods."""
        try:
            return getattr(self.exchange, method)(*arguments, **named)
        except Exception as error:
            raise live_fault(self.venue, error) from error

    @property
    def version(self) -> str:
        """Of ccxt: it stands in the source of every figure."""
        return version("ccxt")

    def markets(self) -> Mapping[str, Mapping[str, Any]]:
        """The venue's markets by ccxt's symbol; asked once. None at all is a fault, not an answer."""
        found: Mapping[str, Mapping[str, Any]] = self.ask("load_markets")
        if not found:
            raise NoData(f"{self.venue}: lists no market at all", self.venue)
        return found

    def _patiently(self, fetch: Callable[..., Any]) -> Callable[..., Any]:
        """The one door of ccxt to the network, with a second try where that can help."""

        def asked(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
            pause = self.connection.backoff
            for attempt in range(1, self.connection.attempts + 1):
                try:
                    answer = fetch(url, method, headers, body)
                except Exception as error:
                    trouble = live_fault(self.venue, error)
                    wait = max(pause, trouble.retry_after)
                    if not trouble.passing or attempt == self.connection.attempts or wait > PATIENCE:
                        raise trouble from error
                    sleep(wait)
                    pause *= 2
                else:
                    if isinstance(answer, str):
                        raise no_json(self.venue, answer)
                    return answer
            raise LiveError(f"{self.venue}: was not asked", self.venue)

        return asked


@contextmanager
def understood(venue: str) -> Iterator[None]:
    """While an answer is read: what does not fit is a fault of the answer, in a sentence."""
    try:
        yield
    except HedgeError:
        raise
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise live_fault(venue, error) from error


def _exchange(venue: str, name: str, connection: Connection, types: tuple[str, ...]) -> Any:
    try:
        ccxt = importlib.import_module("ccxt")
    except ImportError as missing:
        raise NoLibrary("live facts need ccxt: pip install 'microhedge[live]'") from missing
    from workbook.live.bounded import BoundedSession, refuse_open_mirror  # noqa: PLC0415 - requests comes with ccxt

    if connection.mirror:
        refuse_open_mirror(connection.mirror)
    exchange = getattr(ccxt, name)(
        {
            "enableRateLimit": True,
            "timeout": round(connection.timeout * 1000),
            "requests_trust_env": True,  # proxies and certificates as everywhere else on this computer
            "options": {"fetchMarkets": {"types": list(types)}} if types else {},
        }
    )
    exchange.session = BoundedSession(venue)
    exchange.has["fetchCurrencies"] = False  # not needed, and a request more
    if connection.mirror:
        exchange.urls["api"] = _mirrored(exchange.urls["api"], connection.mirror)
    return exchange


def _mirrored(address: Any, mirror: str) -> Any:
    if isinstance(address, dict):
        return {name: _mirrored(part, mirror) for name, part in address.items()}
    return f"{mirror}/{address.removeprefix(SCHEME)}"


def number(text: Any) -> float | None:
    """A figure of an answer, which venues write as a number or as a text."""
    return None if text is None or text == "" else float(text)
