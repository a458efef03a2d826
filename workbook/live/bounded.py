"""Requests to a venue that end: a bound on time and size of an answer, and no way to another host."""

import threading
import time
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from requests import Response, Session

from workbook.live.faults import Dripping, LiveError, NoData, Refused

LARGEST: Final = 32 << 20  # bytes of a body, inflated; the largest list of markets met has 5 MB
PIECE: Final = 64 << 10
REDIRECTS: Final = 3
WHOLE: Final = 3  # times the patience for one read: the time of a whole answer, body included


class BoundedSession(Session):
    """A session whose answers are read here, within bounds, before anybody looks at them."""

    def __init__(self, venue: str) -> None:
        super().__init__()
        self.venue = venue

    def request(self, method: str, url: str, *arguments: Any, **named: Any) -> Response:  # type: ignore[override] # as the base takes them
        """The whole answer. A server that drips is left alone: its thread ends with its connection."""
        patience = float(named.get("timeout") or 10.0) * WHOLE
        answers: SimpleQueue[Response | Exception] = SimpleQueue()
        ends = time.monotonic() + patience

        def ask() -> None:
            try:
                answers.put(self._answer(method, url, ends, *arguments, **named))
            except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=patience)
        except Empty:
            raise Dripping(f"{self.venue}: no whole answer within {patience:g} seconds", self.venue) from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _answer(self, method: str, url: str, ends: float, *arguments: Any, **named: Any) -> Response:
        asked = {**named, "stream": True, "allow_redirects": False}
        for _ in range(REDIRECTS + 1):
            answer = super().request(method, url, *arguments, **asked)
            if not answer.is_redirect:
                return self._read(answer, ends)
            onward = urljoin(url, answer.headers["location"])
            answer.close()
            if urlsplit(onward)[:2] != urlsplit(url)[:2]:
                host = urlsplit(onward).hostname or "nowhere"
                raise Refused(f"{self.venue}: sends on to {host}, which is not asked", self.venue)
            url = onward
        raise Refused(f"{self.venue}: sends on without end", self.venue)

    def _read(self, answer: Response, ends: float) -> Response:
        if "," in answer.headers.get(
            "Content-Encoding", ""
        ):  # a piece of the inner one may inflate without end
            answer.close()
            raise NoData(f"{self.venue}: the answer is packed more than once", self.venue)
        pieces, size = [], 0
        for piece in answer.iter_content(PIECE):
            size += len(piece)
            if size > LARGEST:
                answer.close()
                raise NoData(f"{self.venue}: the answer is larger than {LARGEST >> 20} MB", self.venue)
            if time.monotonic() > ends:
                answer.close()
                raise Dripping(f"{self.venue}: no whole answer in time", self.venue)
            pieces.append(piece)
        answer._content = b"".join(pieces)  # noqa: SLF001 - where requests keeps a body that was read
        return answer


def refuse_open_mirror(mirror: str) -> None:
    """A mirror without encryption could be anybody's on the way: only this computer may have one."""
    parts = urlsplit(mirror)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return
    raise LiveError(f"MICROHEDGE_MIRROR: {mirror} must begin with https:// (http:// only on this computer)")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
