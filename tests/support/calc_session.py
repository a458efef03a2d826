"""A LibreOffice that tests speak to: run by LibreOffice's own Python, one JSON line a question.

    calc_session.py PIPE

Each line is ["verb", argument, ...]; the answer is a line ["ok", result] or ["error", text].
"""

import json
import sys
import time
import traceback

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

PATIENCE = 300  # seconds for LibreOffice to start
ERRORS = {
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}
VALUE, STRING = 1, 2  # com.sun.star.sheet.FormulaResult
FORMULAS, ANYTHING = 16, 1023  # com.sun.star.sheet.CellFlags


def connected(pipe):
    """The component context of the office that listens on a pipe."""
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise SystemExit("LibreOffice does not listen")


def prop(name, value):
    """A media descriptor's entry."""
    entry = PropertyValue()
    entry.Name, entry.Value = name, value
    return entry


def shown(cell):
    """A cell as the tests compare it: a float, a text, an error's name."""
    if cell.getError():
        return ERRORS.get(cell.getError(), f"Err:{cell.getError()}")
    return cell.getString() if cell.FormulaResultType2 == STRING else cell.getValue()


def values(block):
    """The values of a block of cells, in one question but for its errors."""
    return [
        [shown(block.getCellByPosition(x, y)) if cell is None else cell for x, cell in enumerate(row)]
        for y, row in enumerate(block.getDataArray())
    ]


class Session:
    """The verbs."""

    def __init__(self, context):
        self.create = lambda name: context.ServiceManager.createInstanceWithContext(name, context)
        self.desktop = self.create("com.sun.star.frame.Desktop")

    def load(self, url):
        """A document without a window."""
        return self.desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True),))

    def calculate(self, calls):
        """Each call [formula, {place: block of cells}, rows, columns] in a sheet of its own content."""
        book = self.load("private:factory/scalc")
        sheet = book.Sheets.getByIndex(0)
        answers = []
        for formula, blocks, rows, columns in calls:
            for place, block in blocks.items():
                cells = sheet.getCellRangeByName(place)
                data = [tuple("" if c is None or is_formula(c) else c for c in row) for row in block]
                cells.setDataArray(tuple(data))
                for y, row in enumerate(block):
                    for x, cell in enumerate(row):
                        if cell is None or is_formula(cell):
                            cells.getCellByPosition(x, y).setFormula(cell or "")
            target = sheet.getCellRangeByPosition(0, 0, columns - 1, rows - 1)
            if rows * columns == 1:
                target.getCellByPosition(0, 0).setFormula(formula)
            else:
                target.setArrayFormula(formula)
            answers.append(values(target))
            target.clearContents(ANYTHING)
            for place in blocks:
                sheet.getCellRangeByName(place).clearContents(ANYTHING)
        book.close(True)
        return answers

    def open(self, path, save_as):
        """Every formula cell of a book: [formula, value] by sheet and place; then saved elsewhere."""
        book = self.load(uno.systemPathToFileUrl(path))
        cells = {}
        for sheet in book.Sheets:
            for at in sheet.queryContentCells(FORMULAS).getRangeAddresses():
                block = sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
                for y, row in enumerate(zip(block.getFormulaArray(), values(block), strict=True)):
                    for x, cell in enumerate(zip(*row, strict=True)):
                        cells[f"{sheet.Name}!{at.StartRow + y + 1},{at.StartColumn + x + 1}"] = cell
        modified = book.isModified()
        for target in save_as:
            ending = target[target.rindex(".") :]
            book.storeAsURL(uno.systemPathToFileUrl(target), (prop("FilterName", FILTERS[ending]),))
        book.close(True)
        return [cells, modified]

    def copy(self, path, target):
        """Save a copy of a book, of which LibreOffice tells an extension nothing."""
        book = self.load(uno.systemPathToFileUrl(path))
        book.storeToURL(uno.systemPathToFileUrl(target), (prop("FilterName", FILTERS[".xlsx"]),))
        book.close(True)

    def describe(self):
        """What the function wizard knows: name, category, description, arguments."""
        known = self.create("com.sun.star.sheet.FunctionDescriptions")
        functions = {}
        for index in range(known.getCount()):
            facts = {fact.Name: fact.Value for fact in known.getByIndex(index)}
            arguments = [[a.Name, a.Description] for a in facts["Arguments"] or ()]
            functions[facts["Name"]] = [facts["Category"], facts["Description"], arguments]
        return functions

    def time(self, formulas, values, rounds):
        """The least seconds that a hard recalculation takes of a column of formulas, values beside them."""
        book = self.load("private:factory/scalc")
        sheet = book.Sheets.getByIndex(0)
        if values:
            sheet.getCellRangeByName(f"B1:B{len(values)}").setDataArray(tuple((value,) for value in values))
        if len(formulas) == 1:
            sheet.getCellRangeByName(f"A1:A{len(values)}").setArrayFormula(formulas[0])
        else:
            sheet.getCellRangeByName(f"A1:A{len(formulas)}").setFormulaArray(
                tuple((text,) for text in formulas)
            )
        took = []
        for _round in range(rounds):
            start = time.perf_counter()
            book.calculateAll()
            took.append(time.perf_counter() - start)
        book.close(True)
        return min(took)

    def quit(self):
        """End the program."""
        for component in list(self.desktop.Components):
            component.close(True)
        self.desktop.terminate()


def is_formula(cell):
    """Whether a cell's content is a formula."""
    return isinstance(cell, str) and cell.startswith("=")


session = Session(connected(sys.argv[1]))
print(json.dumps(["ok", None]), flush=True)
for line in sys.stdin:
    verb, *arguments = json.loads(line)
    try:
        answer = ["ok", getattr(session, verb)(*arguments)]
    except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
        answer = ["error", "".join(traceback.format_exception(error))]
    print(json.dumps(answer), flush=True)
