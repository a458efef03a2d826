"""Contract facts for one run over many books: each is asked for once, and the user's table learns it."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from udfs.symbols import row_key
from udfs.venue_files import user_folder
from udfs.venues import Contract, tables
from workbook.live.client import Connection
from workbook.live.clock import here
from workbook.live.desks import DESKS
from workbook.live.venues import Refresh, kept_rows, refresh, write
from workbook.request import Cell

Name = tuple[str, str]  # venue and symbol, as a book writes them

COLUMNS = (
    "contract_size",
    "lot",
    "tick",
    "minimum_notional",
    "maker_fee",
    "taker_fee",
    "maximum_leverage",
    "as_of",
    "source",
)
"""What a row of a book's Venues sheet takes from a contract."""


class LiveContracts:
    """The venues' contract facts, asked for when the first book wants them."""

    def __init__(self, connection: Connection, told: Callable[[str], None] = lambda _: None) -> None:
        self.connection = connection
        self.told = told
        self.remarks: dict[str, None] = {}  # in order, each once
        self.missed: set[Name] = set()
        self._found: dict[Name, Contract] = {}

    def contracts(self, wanted: Collection[Name]) -> Mapping[Name, Contract]:
        """The facts of some contracts, by the names they are wanted by; one's own venues have none here."""
        by_venue: dict[str, list[str]] = {}
        for venue, symbol in dict.fromkeys(wanted):
            ours = any(desk.answers_for(venue) for desk in DESKS)
            if ours and not {(venue, symbol)} & (self._found.keys() | self.missed):
                by_venue.setdefault(venue, []).append(symbol)
        if by_venue:
            self._ask(by_venue)
        return {name: self._found[name] for name in wanted if name in self._found}

    def remark(self, sentence: str) -> None:
        """Something to tell, once."""
        self.remarks[sentence] = None

    def _ask(self, by_venue: Mapping[str, list[str]]) -> None:
        folder = user_folder()
        folder.mkdir(parents=True, exist_ok=True)
        known, found = tables(), Refresh()

        def asked(venue: str) -> Refresh:
            return refresh(known, self.connection, [venue], by_venue[venue], self.told)

        with ThreadPoolExecutor(max_workers=len(by_venue)) as pool:
            for answer in pool.map(asked, by_venue):
                found.add(answer)
        write(folder, found)
        rows = {row_key(row.venue, row.symbol): row for row in found.contracts}
        for venue, symbols in by_venue.items():
            for symbol in symbols:
                row = rows.get(row_key(venue, symbol))
                if row is None:
                    self.missed.add((venue, symbol))
                else:
                    self._found[venue, symbol] = row
        for sentence in [*found.remarks, *kept_rows(known, found.missed, here().date())]:
            self.remark(sentence)


def columns(row: Contract) -> Mapping[str, Cell]:
    """A contract as a row of the Venues sheet; what is not known stays as the book has it."""
    return {name: value for name in COLUMNS if (value := getattr(row, name)) is not None}
