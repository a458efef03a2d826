"""microhedge inside LibreOffice: the worksheet functions, and the job that looks after books.

Runs in LibreOffice's own Python, with the core beside it and nothing else.
"""

import json
import os
import re
import shutil
import struct
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import suppress
from itertools import chain
from pathlib import Path

import uno
import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.sheet import FormulaToken
from com.sun.star.task import XJob
from microhedge import XFunctions

CORE = Path(__file__).parent / "core"
sys.path.insert(0, str(CORE))
try:
    import udfs
    from udfs.cell_errors import ERROR_VALUES
    from udfs.errors import HedgeError
finally:
    sys.path.remove(str(CORE))

if CORE not in Path(udfs.__file__).parents:
    raise ImportError(f"microhedge needs its own core, and found {udfs.__file__}")

SERVICE = "microhedge.Functions"
JOB = "microhedge.BookKeeper"
METHODS = {name: name.replace("_", "").lower() for name in udfs.REGISTRY}
LONG_NAMES = {f"{SERVICE}.{method}".upper().encode(): name.encode() for name, method in METHODS.items()}

NAMES = "|".join(sorted(udfs.REGISTRY, key=len, reverse=True))
CALL = re.compile(rf"(?:{NAMES})\s*\(", re.IGNORECASE)
PREFIXES = r"(?:_xlfn\.|_xludf\.|_xll\.)*(?:_xldudf_(?:\w+?[._])?)?"
SPELLING = re.compile(rf"(?:.*!)?{PREFIXES}({NAMES})", re.IGNORECASE)
IN_TEXT = re.compile(
    rf"""("(?:[^"]|"")*")|(?:'(?:[^']|'')*'!|\[\d+\]!|(?<![\w.]))({PREFIXES})({NAMES})(?=\s*\()""",
    re.IGNORECASE,
)
PLAIN = re.compile(rf"(?<![\w.!])(?:{NAMES})\(", re.IGNORECASE)
FOREIGN = re.compile(r"[\]']!\w+\(")
SCRATCH = "microhedge_scratch"
LONG_CALL = re.compile(rb"(" + rb"|".join(sorted(LONG_NAMES, key=len, reverse=True)) + rb")(?=\()")

WHOLE_COLUMN = 1 << 20  # rows of a sheet
CHUNK = 1 << 12  # rows that are looked at together

DOUBTFUL = {None, 0.0, 1.0}
VALUES_FILE = "MICROHEDGE_VALUES"  # where a recalculation by LibreOffice wants the values, to the last bit

FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
ODFF, SPECIAL, BAD = (
    0,
    0,
    7,
)  # com.sun.star.sheet.FormulaLanguage, FormulaMapGroup, FormulaMapGroupSpecialOffset
EXCEL_FILTERS = ("Calc MS Excel 2007 XML", "Calc MS Excel 2007 VBA XML", "Calc MS Excel 2007 XML Template")
PARTS_WITH_FORMULAS = re.compile(r"xl/(workbook\.xml|worksheets/[^/]+\.xml|tables/[^/]+\.xml)")


def _error(code):
    """A cell error as Calc knows it inside a number: a NaN that carries the code."""
    return struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | code))[0]


ERRORS = {error.text: _error(error.calc) for error in ERROR_VALUES if error.calc}
VALUE = ERRORS["#VALUE!"]


def _cell(value):
    return ERRORS.get(value.cell, VALUE) if isinstance(value, HedgeError) else value


def _method(spec):
    """The function as Calc calls it: an omitted argument is None, a range a tuple of rows."""
    call = _of_used_rows(spec.call, spec.is_elementwise)
    required, is_grid = spec.required, spec.is_elementwise or spec.is_array

    def method(_self, *cells):
        while len(cells) > required and cells[-1] is None:
            cells = cells[:-1]
        try:
            result = call(*cells)
        except HedgeError as refusal:
            result = refusal
        if type(result) is list:
            rows = tuple(map(tuple, result))
            if {float, str}.issuperset(map(type, chain.from_iterable(rows))):
                return rows
            return tuple([tuple(map(_cell, row)) for row in rows])
        return ((_cell(result),),) if is_grid else _cell(result)

    return method


def _of_used_rows(call, is_elementwise):
    """The call without the rows below the last one in use, where a range is a whole column.

    A function that works cell by cell answers all of them as it answers the first.
    """

    def used(*cells):
        heights = [len(cell) if type(cell) is tuple else 1 for cell in cells]
        whole = [place for place, height in enumerate(heights) if height >= WHOLE_COLUMN]
        if not whole:
            return call(*cells)
        used_rows = (_used_rows(cells[place]) for place in whole)
        last = max(1, *used_rows, *(height for height in heights if height < WHOLE_COLUMN))
        result = call(
            *(cell[: last + is_elementwise] if place in whole else cell for place, cell in enumerate(cells))
        )
        if is_elementwise:
            result.extend(result[-1:] * (max(heights) - len(result)))
        return result

    return used


def _used_rows(rows):
    """How many rows of a range are in use, looked up from its end."""
    width = len(rows[0])
    blank = (("",) * width,) * CHUNK
    end = len(rows)
    while end > CHUNK and rows[end - CHUNK : end] == blank:
        end -= CHUNK
    while end and rows[end - 1] == blank[0]:
        end -= 1
    return end


class _Service(unohelper.Base, XServiceInfo):
    """What every UNO service can say of itself."""

    name = ""

    def __init__(self, context):
        self.context = context

    def getImplementationName(self):
        return self.name

    def supportsService(self, name):
        return name == self.name

    def getSupportedServiceNames(self):
        return (self.name,)


Functions = type(
    "Functions",
    (_Service, XFunctions),
    {"name": SERVICE, **{METHODS[spec.name]: _method(spec) for spec in udfs.REGISTRY.values()}},
)


class BookKeeper(_Service, XJob):
    """Binds our names in a book that was loaded, and writes them plainly in one that was saved."""

    name = JOB

    def execute(self, arguments):
        """Answer a document event."""
        given = {argument.Name: argument.Value for argument in arguments}
        event = {item.Name: item.Value for item in given.get("Environment", ())}
        book = event.get("Model")
        if book is None or not book.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            return
        if event["EventName"] == "OnLoadFinished":
            bind_names(book)
            if VALUES_FILE in os.environ:
                Path(os.environ[VALUES_FILE]).write_text(json.dumps(list(values(book))), encoding="utf-8")
        elif book.getURL().startswith("file:") and _filter(book) in EXCEL_FILTERS:
            path = Path(uno.fileUrlToSystemPath(book.getURL()))
            if event["EventName"] == "OnUnload":
                _write_plainly_later(path)
            else:
                _write_plainly_or_later(path)


def _filter(book):
    return next((entry.Value for entry in book.getArgs() if entry.Name == "FilterName"), "")


def bind_names(book):
    """Bind every call of ours that the book's file left unresolved, in any spelling."""
    was_modified = book.isModified()
    undo = book.getUndoManager()
    undo.lock()
    try:
        found = _bind_plain(book)
        found += sum(_bind_cells(sheet) for sheet in book.Sheets)
        # A changed name makes Calc read unresolved formulas anew, and it can't read [1]! itself.
        found += _bind_named(book)
        if found:
            book.calculateAll()
    finally:
        undo.unlock()
        if not was_modified:
            _set_unmodified(book)


def _set_unmodified(book):
    """Let a book be as it was loaded; each chart in it has a flag of its own."""
    for sheet in book.Sheets:
        for chart in map(sheet.Charts.getByIndex, range(sheet.Charts.getCount())):
            chart.EmbeddedObject.setModified(False)
    book.setModified(False)


def values(book):
    """Every formula cell of a book: sheet, row and column from 0, and its value.

    A number is a number to the last bit, an error the number of its code in a list.
    """
    for number, sheet in enumerate(book.Sheets):
        for block in sheet.queryContentCells(FORMULAS).getRangeAddresses():
            cells = sheet.getCellRangeByPosition(
                block.StartColumn, block.StartRow, block.EndColumn, block.EndRow
            )
            for row, line in enumerate(cells.getDataArray()):
                for column, value in enumerate(line):
                    told = _told_apart(cells, column, row, value) if value in DOUBTFUL else value
                    yield number, block.StartRow + row, block.StartColumn + column, told


def _told_apart(cells, column, row, value):
    """An error by its code, and a truth value, which to Calc is a number with a format."""
    cell = cells.getCellByPosition(column, row)
    if cell.getError():
        return [cell.getError()]
    return value == 1.0 if cell.getString() in {"TRUE", "FALSE"} else value


def _bind_named(book):
    """Bind the names that hold our calls.

    A function that Calc does not know on loading is a token of its own kind that holds the spelling: the
    token is exchanged, for the text of a name would be read from another cell.
    """
    codes = book.createInstance("com.sun.star.sheet.FormulaOpCodeMapper")
    bad = codes.getAvailableMappings(ODFF, SPECIAL)[BAD].Token.OpCode
    found = 0
    for names in (owner.NamedRanges for owner in (book, *book.Sheets)):
        for name in names.getElementNames():
            tokens = names.getByName(name).getTokens()
            bound = tuple(_bound(token, codes) if token.OpCode == bad else token for token in tokens)
            if bound != tokens:
                names.getByName(name).setTokens(bound)
                found += 1
    return found


def _bound(token, codes):
    called = SPELLING.fullmatch(str(token.Data))
    if not called:
        return token
    return FormulaToken(codes.OpCodeExternal, f"{SERVICE}.{METHODS[called[1].upper()]}")


def _bind_plain(book):
    """Let Calc bind the calls that are spelled plainly, however many they are.

    A new name makes it read every formula with something unknown again. It could not read a call
    into another file, such as [1]!F: a book with one of those is left to `_bind_cells`.
    """
    formulas = [text for sheet in book.Sheets for text in _formulas(sheet)]
    if any(FOREIGN.search(text) for text in formulas) or not any(PLAIN.search(text) for text in formulas):
        return 0
    book.NamedRanges.addNewByName(
        SCRATCH, "0", book.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress, 0
    )
    book.NamedRanges.removeByName(SCRATCH)
    return 1


def _formulas(sheet):
    for at in sheet.queryContentCells(FORMULAS).getRangeAddresses():
        block = sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
        yield from chain.from_iterable(block.getFormulaArray())


def _bind_cells(sheet):
    """Enter the formulas that hold our calls in any other spelling again, with the name that Calc knows."""
    found = 0
    for at in sheet.queryContentCells(FORMULAS).getRangeAddresses():
        block = sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
        for row, formulas in enumerate(block.getFormulaArray()):
            for column, formula in enumerate(formulas):
                bound = IN_TEXT.sub(_long_name, formula) if CALL.search(formula) else formula
                if bound == formula:
                    continue
                cell = block.getCellByPosition(column, row)
                if bound.startswith("{"):
                    _enter_array(sheet, cell, bound[1:-1])
                else:
                    cell.setFormula(bound)
                found += 1
    return found


def _enter_array(sheet, cell, text):
    array = sheet.createCursorByRange(cell)
    array.collapseToCurrentArray()
    if array.getCellByPosition(0, 0).getCellAddress() == cell.getCellAddress():
        array.setArrayFormula(text)


def _long_name(found):
    return found[1] or f"{SERVICE}.{METHODS[found[3].upper()]}".upper()


_held = set()


def _write_plainly_or_later(path):
    try:
        write_plainly(path)
    except OSError:  # Windows: LibreOffice holds the file while the book is open
        _held.add(path)


def _write_plainly_later(path):
    if path in _held:
        _held.discard(path)
        threading.Thread(target=_write_plainly_when_free, args=(path,)).start()


def _write_plainly_when_free(path):
    for _attempt in range(20):
        with suppress(OSError):
            write_plainly(path)
            return
        time.sleep(0.5)


def _plain(part):
    return LONG_CALL.sub(lambda call: LONG_NAMES[call[1]], part)


def write_plainly(path):
    """Write our functions in a saved Excel book as Excel knows them: HEDGE_MARGIN, not the long name.

    The time stamp stays, or LibreOffice would think that someone else had changed the book.
    """
    with zipfile.ZipFile(path) as book:
        parts = [(info, book.read(info)) for info in book.infolist()]
    plain = [
        (info, _plain(data) if PARTS_WITH_FORMULAS.fullmatch(info.filename) else data) for info, data in parts
    ]
    if plain == parts:
        return
    stamp = path.stat()
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
        draft = Path(stream.name)
        with zipfile.ZipFile(stream, "w") as book:
            for info, data in plain:
                book.writestr(info, data, info.compress_type)
    try:
        shutil.copymode(path, draft)
        os.utime(draft, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - the name LibreOffice looks for
for service in (Functions, BookKeeper):
    g_ImplementationHelper.addImplementation(service, service.name, (service.name,))
