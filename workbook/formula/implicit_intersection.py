"""Which cell of a range Excel takes where a formula wants a single value.

In an ordinary formula Excel takes of a range the cell in the formula's own row or column, wherever an
operator or a function wants one value, and of an array the first. In an array formula the operator or
function is worked for every cell. An engine that does neither of itself is given formulas in which
the first is written out, and none that need what it can't do.

What a function wants is one letter an argument, the last one for all that follow, or those after a
colon again and again: `v` a single value, `r` a reference or array as it is, `a` an array, in which
every operator is worked cell by cell, `p` what the call itself is wanted as, `x` a single cell.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import cycle
from typing import Final

from udfs import REGISTRY
from workbook.formula.tree import Node, shape, tree, with_rows, written
from workbook.memory import remembered

WANTS: Final = {  # of all other functions every argument is a single value
    name: wanted
    for wanted, names in {
        "r": "SUM AVERAGE AVERAGEA COUNT COUNTA COUNTBLANK MAX MAXA MIN MINA PRODUCT SUMSQ MEDIAN GCD LCM "
        "AND OR XOR STDEV STDEV.S STDEV.P STDEVP STDEVA STDEVPA VAR VAR.S VAR.P VARP VARA VARPA AVEDEV DEVSQ "
        "GEOMEAN HARMEAN KURT SKEW SKEW.P MULTINOMIAL CONCAT IMSUM IMPRODUCT ROWS COLUMNS AREAS ROW COLUMN "
        "ISREF ISFORMULA FORMULATEXT SHEET SHEETS FREQUENCY TREND GROWTH ANCHORARRAY LAMBDA TRIMRANGE",
        "a": "SUMPRODUCT SUMX2MY2 SUMX2PY2 SUMXMY2 MMULT MDETERM MINVERSE TRANSPOSE CORREL COVAR "
        "COVARIANCE.P COVARIANCE.S PEARSON RSQ SLOPE INTERCEPT STEYX MODE MODE.SNGL MODE.MULT CHITEST "
        "CHISQ.TEST FTEST F.TEST HSTACK VSTACK SORTBY",
        "x": "N T TYPE",
        "p": "IFERROR IFNA",
        "vp": "IF CHOOSE",
        "vp:vp": "IFS",
        "v:vp": "SWITCH",
        "rrv": "LINEST LOGEST XIRR",
        "rv": "LARGE SMALL PERCENTILE PERCENTILE.INC PERCENTILE.EXC QUARTILE QUARTILE.INC QUARTILE.EXC "
        "TRIMMEAN PERCENTRANK PERCENTRANK.INC PERCENTRANK.EXC INDEX OFFSET COUNTIF IRR MIRR FVSCHEDULE ZTEST "
        "Z.TEST",
        "rvr": "SUMIF AVERAGEIF DAVERAGE DCOUNT DCOUNTA DGET DMAX DMIN DPRODUCT DSTDEV DSTDEVP DSUM DVAR "
        "DVARP",
        "r:rv": "SUMIFS AVERAGEIFS MAXIFS MINIFS",
        ":rv": "COUNTIFS",
        "vrv": "VLOOKUP HLOOKUP MATCH RANK RANK.EQ RANK.AVG XMATCH",
        "vr": "LOOKUP SUBTOTAL NPV XNPV CELL",
        "vrrpvv": "XLOOKUP",
        "vvr": "AGGREGATE TEXTJOIN NETWORKDAYS WORKDAY",
        "vvvr": "NETWORKDAYS.INTL WORKDAY.INTL",
        "vvva": "SERIESSUM",
        "aav": "TTEST T.TEST PROB",
        "vaa": "FORECAST FORECAST.LINEAR",
        "av": "SORT UNIQUE TAKE DROP TOCOL TOROW WRAPROWS WRAPCOLS CHOOSECOLS CHOOSEROWS EXPAND ARRAYTOTEXT",
        "aap": "FILTER",
    }.items()
    for name in names.split()
}
ARRAYS: Final = frozenset(  # give an array, whatever they are given
    (
        *("ANCHORARRAY", "CHOOSECOLS", "CHOOSEROWS", "DROP", "EXPAND", "FILTER", "FREQUENCY", "GROWTH"),
        *("HSTACK", "LINEST", "LOGEST", "MINVERSE", "MMULT", "MODE.MULT", "MUNIT", "RANDARRAY", "SEQUENCE"),
        *("SORT", "SORTBY", "TAKE", "TEXTSPLIT", "TOCOL", "TOROW", "TRANSPOSE", "TREND", "TRIMRANGE"),
        *("UNIQUE", "VSTACK", "WRAPCOLS", "WRAPROWS"),
    )
)
SPREADING: Final = ARRAYS | {"INDIRECT", "OFFSET"}  # may give several cells though given none
BY_NEED: Final = frozenset(("IF", "CHOOSE"))  # within SUMPRODUCT and its like Excel still intersects these


def intersected(
    text: str,
    ours: Collection[str] = (),
    *,
    is_array: bool = False,
    has_names: bool = False,
    works: Collection[str] | None = None,
    alike: str = "",
) -> tuple[str, str]:
    """The formula with its implicit intersections written out, as in `@(B1:B3)*2`, and what it lacks.

    `has_names` says that formulas of names were written into it, `works` names the functions that
    the engine works cell by cell where they are given ranges; None if it does so with all.
    `alike` is the text's shape, if that is known.
    """
    asked = frozenset(ours), is_array, has_names, None if works is None else frozenset(works)
    alike = alike or shape(text)
    found, fault = _shaped(alike, *asked)
    return (text if fault or found == alike else with_rows(found, text)), fault


@remembered(16_384)
def _shaped(
    alike: str, ours: frozenset[str], is_array: bool, has_names: bool, works: frozenset[str] | None
) -> tuple[str, str]:
    return _Walk(ours, is_array, has_names, works).formula(alike)


class _Walk:
    """One walk through a formula: text is written again, with whether it may give several cells."""

    def __init__(
        self, ours: frozenset[str], is_array: bool, has_names: bool, works: frozenset[str] | None
    ) -> None:
        self.ours = ours
        self.is_array = is_array
        self.has_names = has_names
        self.works = works
        self.fault = ""
        self.binds = False  # a word of LET stands for several cells

    def formula(self, text: str) -> tuple[str, str]:
        found, many = self._argument(tree(text), "a" if self.is_array else "v")
        return (f"INDEX({found},1,1)" if many and not self.is_array else found), self.fault

    def _argument(self, nodes: Iterable[Node], want: str) -> tuple[str, bool]:
        nodes = tuple(nodes)
        if want == "r" and any(node.kind == "operator" for node in nodes):
            want = "v"
        pieces: list[str] = []
        many = False
        operand: list[Node] = []
        for node in (*nodes, None):
            if node is not None and node.kind != "operator":
                operand.append(node)
                continue
            if operand:
                text, several = self._operand(operand, want)
                pieces.append(text)
                many |= several
                operand = []
            if node is not None:
                pieces.append(node.text)
        return "".join(pieces), many

    def _operand(self, nodes: list[Node], want: str) -> tuple[str, bool]:
        core = [node for node in nodes if node.kind != "space"]
        if len(core) == 1:
            text, many = self._node(core[0], want)
            return "".join(text if node is core[0] else node.text for node in nodes), many
        if not core:
            return written(nodes), False
        is_one = core[0].text == "@"
        inner = "r" if is_one or want == "v" else want
        text = "".join(self._node(node, inner)[0] for node in nodes)
        if is_one:
            return text, False
        if want == "v":
            if len(core) == 2 and core[0].kind == "area" and core[1].text == "#":
                return f"@({text})", False
            self._lacks("takes one cell of a range that is computed")
        return text, True

    def _node(self, node: Node, want: str) -> tuple[str, bool]:
        match node.kind:
            case "area":
                many = ":" in node.text.rpartition("!")[2]
                return (f"@({node.text})", False) if many and want == "v" else (node.text, many)
            case "array":
                return node.text, any(mark in node.text for mark in ",;")
            case "call":
                return self._call(node, want)
            case "group":
                return self._group(node, want)
            case "name" if self.binds:
                if want == "v":
                    self._lacks(f"takes {node.text}, which stands for several cells, for one")
                return node.text, True
        return node.text, False

    def _group(self, node: Node, want: str) -> tuple[str, bool]:
        if len(node.arguments) > 1:  # areas joined to one reference
            if want == "v":
                self._lacks("takes one cell of a range that is computed")
            return written((node,)), True
        text, many = self._argument(node.arguments[0], want)
        if self.has_names and text != written(node.arguments[0]):
            self._lacks("uses a name whose formula Excel works cell by cell")
        return f"({text})", many

    def _call(self, node: Node, want: str) -> tuple[str, bool]:
        wanted = self._wanted(node)
        pieces: list[str] = []
        found: dict[str, bool] = dict.fromkeys("vrapx", False)
        for letter, argument in zip(wanted, node.arguments, strict=False):
            inner = {"p": want, "a": "a", "v": "v"}.get(letter, "r") if want != "a" else "a"
            text, several = self._argument(argument, inner)
            if node.name == "LET" and letter == "r":
                self.binds |= several
            pieces.append(text)
            found[letter] |= several
        text = f"{node.text}{','.join(pieces)})"
        if found["x"]:
            self._lacks(f"gives several cells to {node.name}")
        if found["v"] and want == "a" and not self.is_array and node.name in BY_NEED:
            self._lacks(f"gives several cells to {node.name}, but is no array formula")
        elif found["v"] and self.works is not None and node.name not in self.works:
            self._lacks(f"gives several cells to {node.name}, of which the engine takes one")
        if node.name in ("INDEX", "OFFSET", "INDIRECT", "XLOOKUP"):
            many = not _is_cell(node, found["r"])
            takes_one = many or (node.name == "INDEX" and not _has_place(node))
            return (f"@({text})", False) if takes_one and want == "v" else (text, many or found["v"])
        return text, found["v"] or found["p"] or self._gives_array(node, found)

    def _wanted(self, node: Node) -> Iterator[str]:
        if node.name in self.ours:
            return cycle("a")
        if node.name == "LET":
            return iter("r" * (len(node.arguments) - 1) + "p")
        return letters_of(node.name)

    def _gives_array(self, node: Node, found: dict[str, bool]) -> bool:
        if node.name in self.ours:
            spec = REGISTRY[node.name]
            return spec.is_array or (spec.is_elementwise and found["a"])
        return node.name in ARRAYS or (node.name in ("ROW", "COLUMN") and found["r"])

    def _lacks(self, fault: str) -> None:
        self.fault = self.fault or fault


def letters_of(function: str) -> Iterator[str]:
    """What a function wants of each of its arguments, on and on."""
    head, colon, tail = WANTS.get(function, "v").partition(":")
    yield from head
    yield from cycle(tail if colon else head[-1])


def _is_cell(node: Node, is_range: bool) -> bool:
    """Whether a call that gives a reference gives a single cell, as far as its text tells."""
    texts = [written(argument).strip() for argument in node.arguments]
    match node.name:
        case "INDEX":
            if len(texts) == 2:
                return _is_column(texts[0]) and texts[1] not in ("", "0")
            return len(texts) > 2 and not {"", "0"}.intersection(texts[1:3])
        case "OFFSET":
            return len(texts) <= 3 and not is_range
        case "INDIRECT":
            return texts[0][:1] == '"' and ":" not in texts[0] and texts[0].count('"') == 2
    return len(texts) > 2 and _is_column(texts[2])


def _has_place(node: Node) -> bool:
    """Whether INDEX is given places from 1 on: a computed one may be 0, which is a whole row or column."""
    places = [[one for one in argument if one.kind != "space"] for argument in node.arguments[1:]]
    return all(len(one) == 1 and (one[0].kind == "number" or one[0].name == "MATCH") for one in places)


def _is_column(text: str) -> bool:
    first, _, last = text.rpartition("!")[2].replace("$", "").partition(":")
    return first.rstrip("0123456789") == last.rstrip("0123456789") != ""
