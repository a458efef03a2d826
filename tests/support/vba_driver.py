"""Run by the Python that knows uno: open a book in LibreOffice, enter formulas, print what they show.

Arguments: the book, the macro security level of a fresh profile, a folder for it. Formulas come as
JSON on standard input: {"A1": "=…", "B1:C2": "=…"}; ranges are entered as arrays.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

PATIENCE = 240  # seconds for LibreOffice to start, and to end
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>{}</value></prop></item></oor:items>"""


def option(name: str, value: Any) -> Any:
    """One loading option."""
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def connected(pipe: str) -> Any:
    """The desktop of the office that is starting."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.2)
        else:
            return context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
    raise SystemExit("LibreOffice does not answer")


def shown(desktop: Any, book: str, formulas: dict[str, str], mode: int) -> dict[str, Any]:
    """What each formula shows once it is entered."""
    options = (option("Hidden", value=True), option("MacroExecutionMode", mode))
    document = desktop.loadComponentFromURL(Path(book).as_uri(), "_blank", 0, options)
    sheet = document.Sheets.getByIndex(0)
    result: dict[str, Any] = {}
    for place, formula in formulas.items():
        area = sheet.getCellRangeByName(place)
        if ":" in place:
            area.setArrayFormula(formula)
        else:
            area.getCellByPosition(0, 0).setFormula(formula)
        size = area.Rows.Count, area.Columns.Count
        rows = [[area.getCellByPosition(x, y).String for x in range(size[1])] for y in range(size[0])]
        result[place] = rows if ":" in place else rows[0][0]
    document.close(True)  # noqa: FBT003 - uno's own signature
    return result


def main() -> None:
    """Start, ask, end."""
    book, level, folder = sys.argv[1:]
    user = Path(folder, "user")
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(PROFILE.format(level), encoding="utf-8")
    pipe = f"microhedge{os.getpid()}"
    profile = f"-env:UserInstallation={Path(folder).as_uri()}"
    with subprocess.Popen(
        ["soffice", "--headless", "--norestore", profile, f"--accept=pipe,name={pipe};urp;"]
    ) as office:
        try:
            desktop = connected(pipe)
            macros_on = 4 if level == "0" else 0  # ALWAYS_EXECUTE_NO_WARN or NEVER_EXECUTE
            json.dump(shown(desktop, book, json.load(sys.stdin), macros_on), sys.stdout)
            desktop.terminate()
            office.wait(PATIENCE)
        finally:
            office.kill()


main()
