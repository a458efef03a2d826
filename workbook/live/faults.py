"""What can go wrong between here and a venue, one sentence each.

ccxt folds many causes into few classes; the causes are told apart by the chain of exceptions below it.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from udfs.errors import HedgeError

BLOCKED: frozenset[int] = frozenset({403, 451})
TOO_OFTEN: frozenset[int] = frozenset({418, 429})  # 418 is Binance's ban of who ignored 429
SERVER_ERROR: int = 500


class LiveError(HedgeError):
    """A venue that gave no usable answer; the message is a whole sentence."""

    passing: ClassVar[bool] = False  # whether asking again, later, may help

    def __init__(self, message: str, venue: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message, "venue", venue)
        self.retry_after = retry_after

    @property
    def is_final(self) -> bool:
        """Whether the venue need not be asked for anything else in this run."""
        return self.passing or isinstance(self, (NoLibrary, NoTrust, Blocked, Dripping))


class NoLibrary(LiveError):
    """The extra `live` is not installed."""


class NoConnection(LiveError):
    """The venue can't be reached: no network, no such name, nobody there, a line that broke."""

    passing = True


class NoTrust(LiveError):
    """The certificate does not prove that this is the venue."""


class TooSlow(LiveError):
    """No answer in time."""

    passing = True


class Dripping(LiveError):
    """An answer that comes so slowly that it never ends: asking again would only wait again."""


class TooOften(LiveError):
    """The venue asks for fewer requests (HTTP 429)."""

    passing = True


class Blocked(LiveError):
    """The venue does not serve this place or address (HTTP 451, 403)."""


class OutOfOrder(LiveError):
    """The venue has a fault of its own (HTTP 5xx, maintenance)."""

    passing = True


class NoData(LiveError):
    """An answer that is no JSON, or not of the shape that ccxt knows."""


class Refused(LiveError):
    """The venue understood and said no."""


class UnknownVenue(LiveError):
    """A venue of one's own: nobody to ask."""


class NotListed(LiveError):
    """A symbol that the venue does not know."""


class Delisted(LiveError):
    """A symbol that the venue knows and trades no longer."""


# Which exceptions mean what, the first that fits; {why} is the deepest cause, {said} the venue's word.
MEANINGS: tuple[tuple[frozenset[str], type[LiveError], str], ...] = (
    (
        frozenset({"SSLError", "SSLCertVerificationError"}),
        NoTrust,
        (
            "the server's certificate is not to be trusted, so nothing was read; "
            "a proxy that inspects traffic needs its own certificate in REQUESTS_CA_BUNDLE"
        ),
    ),
    (frozenset({"RequestTimeout", "Timeout"}), TooSlow, "no answer in time"),
    (
        frozenset({"RateLimitExceeded", "DDoSProtection"}),
        TooOften,
        "too many requests; try again in a few minutes",
    ),
    (frozenset({"BadSymbol"}), NotListed, "{said}"),
    (
        frozenset({"ExchangeNotAvailable", "OnMaintenance"}),
        OutOfOrder,
        "out of order at the moment: {said}",
    ),
    (frozenset({"NetworkError"}), NoConnection, "can't be reached: {why}"),
    (frozenset({"BaseError"}), Refused, "refused: {said}"),
)


def live_fault(venue: str, error: BaseException) -> LiveError:
    """The one sentence for whatever ccxt raised."""
    chain = list(_chain(error))
    for cause in chain:
        if isinstance(cause, LiveError):
            return cause
        if getattr(cause, "response", None) is not None:
            return _by_status(venue, cause.response)  # type: ignore[attr-defined] # just looked for
    names = {base.__name__ for cause in chain for base in type(cause).__mro__}
    for exceptions, kind, sentence in MEANINGS:
        if exceptions & names:
            return kind(f"{venue}: {sentence.format(said=_said(error), why=_reason(chain))}", venue)
    return NoData(
        f"{venue}: the answer is not of the shape that was expected ({type(error).__name__}: {error})", venue
    )


def no_json(venue: str, body: str) -> NoData:
    """The sentence for a body that is no JSON."""
    if body.lstrip()[:1] == "<":
        return NoData(
            f"{venue}: answered with a web page in place of data: a login page of the network, or a block",
            venue,
        )
    return NoData(f"{venue}: the answer is no JSON, or was cut off", venue)


def _by_status(venue: str, response: Any) -> LiveError:
    status = int(response.status_code)
    if status in TOO_OFTEN:
        wait = response.headers.get("Retry-After", "")
        seconds = float(wait) if wait.isdigit() else 0.0
        after = f"in {seconds:.0f} seconds" if seconds else "in a few minutes"
        return TooOften(f"{venue}: too many requests (HTTP {status}); try again {after}", venue, seconds)
    if status in BLOCKED:
        return Blocked(
            f"{venue}: does not serve this place (HTTP {status}); ask another venue, or a mirror of this one",
            venue,
        )
    if status >= SERVER_ERROR:
        return OutOfOrder(f"{venue}: out of order at the moment (HTTP {status})", venue)
    return Refused(f"{venue}: refused the request (HTTP {status})", venue)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:  # an error may be its own cause
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _said(error: BaseException) -> str:
    """What the venue said, in at most a line: ccxt appends whole bodies."""
    line = " ".join(str(error).split())
    return line if len(line) <= 160 else line[:159] + "…"


def _reason(chain: list[BaseException]) -> str:
    """The deepest cause in words: the name does not resolve, the connection is refused."""
    for cause in reversed(chain):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return "the connection failed or broke off"
