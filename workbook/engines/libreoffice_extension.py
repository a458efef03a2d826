"""The LibreOffice extension, made from the registry: descriptors, the component, and the core itself.

The interface is shipped as UNOIDL source, which LibreOffice reads as it reads a type library:
nobody needs its SDK. The component is registered passively, so that adding the extension runs no code.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Final

from lxml import etree

from udfs.parameters import Parameter, shown
from udfs.registry import REGISTRY, Spec
from workbook.version import own_version

IDENTIFIER: Final = "microhedge.addin"
SERVICE: Final = "microhedge.Functions"  # the formula text of an .ods book holds it: never change it
JOB: Final = "microhedge.BookKeeper"
EVENTS: Final = ("OnLoadFinished", "OnSaveDone", "OnSaveAsDone", "OnUnload")
LEAST_LIBREOFFICE: Final = "7.4"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # a ZIP entry's earliest time: same inputs, same bytes

TYPES: Final = "functions.idl"
COMPONENT: Final = "component.py"
MEDIA: Final = {
    TYPES: "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "component.components": "application/vnd.sun.star.uno-components",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    "Jobs.xcu": "application/vnd.sun.star.configuration-data",
}

COMPONENTS: Final = "{http://openoffice.org/2010/uno-components}"
DESCRIPTION: Final = "{http://openoffice.org/extensions/description/2006}"
LIBREOFFICE: Final = "{http://libreoffice.org/extensions/description/2011}"
MANIFEST: Final = "{http://openoffice.org/2001/manifest}"
OOR: Final = "{http://openoffice.org/2001/registry}"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"


def extension() -> bytes:
    """The extension as one .oxt file."""
    parts = dict(sorted(_parts()))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def extension_version() -> str:
    """The version of the extension, which is that of microhedge; 0 in a checkout that nobody installed."""
    return own_version() or "0"


def _parts() -> Iterator[tuple[str, bytes]]:
    yield "META-INF/manifest.xml", _manifest()
    yield "description.xml", _description()
    yield TYPES, interface().encode()
    yield "component.components", _components()
    yield "CalcAddIns.xcu", _functions()
    yield "Jobs.xcu", _jobs()
    yield COMPONENT, (files("workbook") / "engines" / "libreoffice_component.py").read_bytes()
    for module in files("udfs").iterdir():
        if module.name.endswith((".py", ".csv")):
            yield f"core/udfs/{module.name}", module.read_bytes()


def interface() -> str:
    """The functions as UNO sees them.

    Only an `any` may be left out. A function that may answer with a range says so; a range of one
    cell is a cell everywhere in Calc.
    """
    methods = [
        f"    {'sequence< sequence< any > >' if spec.is_elementwise or spec.is_array else 'any'}"
        f" {_method(spec)}({', '.join(f'[in] any {_argument(p)}' for p in spec.parameters)});\n"
        for spec in REGISTRY.values()
    ]
    return f"module microhedge {{\n  interface XFunctions {{\n{''.join(methods)}  }};\n}};\n"


def _method(spec: Spec) -> str:
    return spec.name.replace("_", "").lower()  # UNOIDL allows no underscore


def _argument(parameter: Parameter) -> str:
    return "arg" + parameter.name.replace("_", "")  # and keeps words such as "type" for itself


def description(spec: Spec) -> str:
    """What the wizard says of a function; its categories are Calc's own, so ours stands at the end."""
    return f"{spec.help} [{spec.category}]"


def help_of(parameter: Parameter) -> str:
    """What the wizard says of an argument; it shows every one as optional, so the words say which are."""
    arg = parameter.arg
    facts = [] if arg.is_text else [arg.unit]
    if parameter.required:
        facts.append("required; may be blank" if parameter.may_be_blank else "required")
    else:
        default = parameter.default
        facts.append("may be left out" if default is None else f"default {shown(default)}")
    return f"{arg.help} ({'; '.join(facts)})"


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _element(
    tag: str, attributes: Mapping[str, str] | None = None, *content: etree._Element
) -> etree._Element:
    element = etree.Element(tag, dict(attributes or {}))
    element.extend(content)
    return element


def _manifest() -> bytes:
    entries = (
        _element(MANIFEST + "file-entry", {MANIFEST + "full-path": path, MANIFEST + "media-type": media})
        for path, media in MEDIA.items()
    )
    return _written(_element(MANIFEST + "manifest", None, *entries))


def _description() -> bytes:
    facts = (
        _element(DESCRIPTION + "identifier", {"value": IDENTIFIER}),
        _element(DESCRIPTION + "version", {"value": extension_version()}),
        _element(
            DESCRIPTION + "dependencies",
            None,
            _element(
                LIBREOFFICE + "LibreOffice-minimal-version",
                {"value": LEAST_LIBREOFFICE, DESCRIPTION + "name": f"LibreOffice {LEAST_LIBREOFFICE}"},
            ),
        ),
        _element(DESCRIPTION + "display-name", None, _name("microhedge")),
    )
    return _written(_element(DESCRIPTION + "description", None, *facts))


def _name(text: str) -> etree._Element:
    name = _element(DESCRIPTION + "name", {"lang": "en"})
    name.text = text
    return name


def _components() -> bytes:
    services = (
        _element(
            COMPONENTS + "implementation", {"name": name}, _element(COMPONENTS + "service", {"name": name})
        )
        for name in (SERVICE, JOB)
    )
    loader = {"loader": "com.sun.star.loader.Python", "uri": COMPONENT}
    return _written(
        _element(COMPONENTS + "components", None, _element(COMPONENTS + "component", loader, *services))
    )


def _registry(name: str, *nodes: etree._Element) -> bytes:
    named = {OOR + "name": name, OOR + "package": "org.openoffice.Office"}
    return _written(_element(OOR + "component-data", named, *nodes))


def _node(name: str, *content: etree._Element, op: str = "") -> etree._Element:
    return _element("node", {OOR + "name": name} | ({OOR + "op": op} if op else {}), *content)


def _prop(name: str, text: str, *, is_localized: bool = True) -> etree._Element:
    value = _element("value", {XML + "lang": "en-US"} if is_localized else {})
    value.text = text
    return _element("prop", {OOR + "name": name}, value)


def _functions() -> bytes:
    functions = (
        _node(
            _method(spec),
            _prop("DisplayName", spec.name),
            _prop("Description", description(spec)),
            _prop("Category", "Add-In", is_localized=False),
            _prop("CompatibilityName", spec.name),
            _node(
                "Parameters",
                *(
                    _node(
                        _argument(parameter),
                        _prop("DisplayName", parameter.name),
                        _prop("Description", help_of(parameter)),
                        op="replace",
                    )
                    for parameter in spec.parameters
                ),
            ),
            op="replace",
        )
        for spec in REGISTRY.values()
    )
    return _registry(
        "CalcAddIns", _node("AddInInfo", _node(SERVICE, _node("AddInFunctions", *functions), op="replace"))
    )


def _jobs() -> bytes:
    # Only spreadsheets are its business: other documents need not start Python.
    facts = {"Service": JOB, "Context": "com.sun.star.sheet.SpreadsheetDocument"}
    named = (_prop(name, fact, is_localized=False) for name, fact in facts.items())
    job = _node("Jobs", _node(JOB, *named, op="replace"))
    events = (_node(event, _node("JobList", _node(JOB, op="replace")), op="fuse") for event in EVENTS)
    return _registry("Jobs", job, _node("Events", *events))
