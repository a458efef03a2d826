"""Whether the parts of a plan are where the layout says: sheets, names, tables, columns."""

from collections import Counter
from collections.abc import Iterator, Mapping

from workbook.cells import Area, address
from workbook.formula.structured_references import BookTable
from workbook.layout.location import Location
from workbook.layout.schema import Panel
from workbook.plan.saved import SavedPlan
from workbook.validate.finding import Finding, area_text
from workbook.validate.kinds import Kind, message


def structure(saved: SavedPlan) -> Iterator[Finding]:
    """Findings on sheets, then on the names and tables of those that are there."""
    here = homes(saved)
    for sheet, number in here.items():
        if number is None:
            yield Finding(message(Kind.SHEET_MISSING, sheet=sheet), sheet)
        elif saved.book.sheets[number].name.lower() != sheet.lower():
            name = saved.book.sheets[number].name
            yield Finding(message(Kind.SHEET_RENAMED, sheet=sheet, name=name), name)
    yield from _copies(saved)
    for name, place in saved.plan.names.items():
        if here[place.sheet] is not None:
            yield from _name(saved, name, place)
    for sheet_record in saved.plan.sheets:
        for panel in sheet_record.panels:
            yield from _panel(saved, panel)
        number = here[sheet_record.name]
        if number is not None:
            for table in sheet_record.tables:
                yield from _table(saved, table.name, number)


def _copies(saved: SavedPlan) -> Iterator[Finding]:
    """Copies of the plan's sheets: their names are their own, and no program reads them."""
    known = {name.lower() for name in saved.plan.names}
    scopes = {scope for scope, name in saved.book.names if scope is not None and name in known}
    for scope in sorted(scopes):
        if scope < len(saved.book.sheets):
            name = saved.book.sheets[scope].name
            yield Finding(message(Kind.SHEET_COPY, sheet=name), name)


def homes(saved: SavedPlan) -> Mapping[str, int | None]:
    """On which sheet of the book each sheet of the layout lives now: by its name, else by its content."""
    numbers = {sheet.name.lower(): number for number, sheet in enumerate(saved.book.sheets)}
    known = {sheet.name.lower() for sheet in saved.plan.sheets}
    found: dict[str, int | None] = {}
    for sheet in saved.plan.sheets:
        number = numbers.get(sheet.name.lower())
        if number is None:
            votes = Counter(_content(saved, sheet.name))
            others = [n for n, _ in votes.most_common() if saved.book.sheets[n].name.lower() not in known]
            number = others[0] if others else None
        found[sheet.name] = number
    return found


def _content(saved: SavedPlan, sheet: str) -> Iterator[int]:
    for name, place in saved.plan.names.items():
        if place.sheet == sheet and name in saved.places:
            yield saved.places[name].sheet
    for table in saved.plan.tables:
        found = saved.table(table)
        if found is not None and saved.plan.home(table).name == sheet:
            yield found.area.sheet


def _name(saved: SavedPlan, name: str, place: Location) -> Iterator[Finding]:
    refers = saved.book.names.get((None, name.lower()))
    cell = place.ref.partition("!")[2].replace("$", "")
    if refers is None:
        yield Finding(message(Kind.NAME_MISSING, name=name, place=place.ref), place.sheet, cell)
        return
    area = saved.places.get(name)
    if area is None:
        kind = Kind.NAME_LOST if "#REF!" in refers.upper() else Kind.NAME_NO_CELL
        yield Finding(message(kind, name=name, refers=refers), place.sheet, cell)
    elif name in saved.plan.lists or name in saved.plan.areas:
        yield from _reach(saved, name, area)
    elif name in saved.plan.fields and area.size > 1:
        said = message(Kind.NAME_WIDE, name=name, cells=area.size)
        yield Finding(said, saved.sheet_name(area), area_text(area))


def _reach(saved: SavedPlan, name: str, area: Area) -> Iterator[Finding]:
    """A name for a table's column, its data or its headers must reach as far as the table does now."""
    wanted: Area | None = None
    if name in saved.plan.lists:
        table, column = saved.plan.lists[name]
        wanted = saved.column(table, column)
    else:
        table, is_headers = saved.plan.areas[name]
        found = saved.table(table)
        if found is not None:
            wanted = found.area._replace(bottom=found.area.top) if is_headers else found.data
    if wanted is not None and wanted != area:
        target = f"{saved.grammar.prefix(wanted.sheet)}{area_text(wanted)}"
        said = message(Kind.NAME_SHORT, name=name, table=table, area=area_text(wanted), target=target)
        yield Finding(said, saved.sheet_name(area), area_text(area))


def _panel(saved: SavedPlan, panel: Panel) -> Iterator[Finding]:
    """Rows inserted into a block of named cells: a blank one would count as an input not filled in."""
    area = saved.places.get(panel.name)
    fields = [saved.places.get(field.name) for field in panel.fields]
    if area is None or None in fields or area.size == len(fields):
        return
    used = {field.top for field in fields if field is not None and field.sheet == area.sheet}
    too_far = area.size > 2 * len(fields)
    strange = [] if too_far else [row for row in range(area.top, area.bottom + 1) if row not in used]
    for row in strange:
        said = message(Kind.ROW_INSERTED, block=panel.title, row=row)
        yield Finding(said, saved.sheet_name(area), address(row, area.left))
    if not strange:
        target = f"{panel.fields[0].label} to {panel.fields[-1].label}"
        said = message(Kind.BLOCK_NAME, name=panel.name, block=panel.title, target=target)
        yield Finding(said, saved.sheet_name(area), area_text(area))


def _table(saved: SavedPlan, name: str, sheet: int) -> Iterator[Finding]:
    record = saved.plan.tables[name]
    found = saved.table(name)
    sheet_name = saved.book.sheets[sheet].name
    if found is None:
        twin = _twin(saved, name, sheet)
        if twin is not None:
            said = message(Kind.TABLE_RENAMED, table=name, name=twin.name)
        else:
            said = message(Kind.TABLE_MISSING, table=name)
        yield Finding(said, sheet_name, name)
        return
    yield from _columns(saved, name, found)
    rows = found.data.bottom - found.data.top + 1
    if rows < record.rows:
        said = message(Kind.TABLE_SHORT, table=name, rows=rows, wanted=record.rows)
        yield Finding(said, sheet_name, area_text(found.area))
    yield from _below(saved, name, found)


def _columns(saved: SavedPlan, name: str, found: BookTable) -> Iterator[Finding]:
    headers = [column.lower() for column in found.columns]
    columns = saved.plan.tables[name].columns
    known = {column.header.lower() for column in columns}
    sheet = saved.sheet_name(found.area)
    renamed: set[str] = set()
    for index, column in enumerate(columns):
        if column.header.lower() in headers:
            continue
        here = headers[index] if index < len(headers) else ""
        if here and here not in known:
            renamed.add(here)
            cell = address(found.area.top, found.area.left + index)
            new = found.columns[index]
            said = message(Kind.COLUMN_RENAMED, column=column.header, table=name, name=new, cell=cell)
            yield Finding(said, sheet, cell)
        else:
            yield Finding(message(Kind.COLUMN_MISSING, column=column.header, table=name), sheet, name)
    for index, header in enumerate(headers):
        if header not in known and header not in renamed:
            cell = address(found.area.top, found.area.left + index)
            yield Finding(message(Kind.COLUMN_OWN, column=found.columns[index], table=name), sheet, cell)


def _below(saved: SavedPlan, name: str, found: BookTable) -> Iterator[Finding]:
    """Values that were typed right below the end of a table, where no formula sees them."""
    row = found.area.bottom + 1
    for column in saved.plan.tables[name].columns:
        area = saved.column(name, column.name) if column.is_input else None
        if area is not None and saved.at(area.sheet, row, area.left) not in (None, ""):
            said = message(Kind.BELOW_TABLE, table=name)
            yield Finding(said, saved.sheet_name(area), address(row, area.left))
            return


def _twin(saved: SavedPlan, name: str, sheet: int) -> BookTable | None:
    wanted = {column.header.lower() for column in saved.plan.tables[name].columns}
    for table in saved.book.tables.values():
        headers = {column.lower() for column in table.columns}
        if (
            table.area.sheet == sheet
            and table.name not in saved.plan.tables
            and len(headers & wanted) * 2 > len(wanted)
        ):
            return table
    return None
