"""The sweep that makes `workbook/data/certified.csv`: what all engines compute alike, and of which values.

    python -m support.certify [--each 40] [--write]    (or `make certify`)

Each form is worked with random operands of each kind. It is certified for a kind of an argument if the
evaluating engine never stands alone: IronCalc agrees with it always, or LibreOffice does where IronCalc
lacks the function or stands alone itself, as engines.md lists.
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from workbook.cells import KEY_MASK, CellError, Value, place
from workbook.engines import embedded, ironcalc, libreoffice
from workbook.engines.protocol import NO_ANSWER, Engine
from workbook.formula.implicit_intersection import intersected
from workbook.formula.tokens import TOKEN
from workbook.recalc.core import kind_of, kinds
from workbook.recalc.votes import agree

TABLE: Final = Path(__file__).parents[2] / "workbook" / "data" / "certified.csv"
# Each form with the kinds that it may be certified for, argument by argument, and those that it gives.
CANDIDATES: Final = """
+,{0}+{1},bnmohlqte,nmohe
-,{0}-{1},bnmohlqte,nmohe
*,{0}*{1},bnmohlqte,nmohe
/,{0}/{1},bnmohlqte,nmohe
-1,-{0},bnmohlqte,nmohe
+1,+{0},bnmohlqtrcpe,bnmohlqtrcpfe
%1,{0}%,bnmohlqte,nmohe
&,{0}&{1},bnmlqtrcpfe,qtrcpfe
=,{0}={1},bnmohlqtrcpfe,le
<>,{0}<>{1},bnmohlqtrcpfe,le
<,{0}<{1},bnmohlqte,le
>,{0}>{1},bnmohlqte,le
<=,{0}<={1},bnmohlqte,le
>=,{0}>={1},bnmohlqte,le
ABS,ABS({0}),bnmohlqte,nmohe
SIGN,SIGN({0}),bnmohlqte,nmohe
INT,INT({0}),bnmohlqte,nmohe
SQRT,SQRT({0}),bnmohlqte,nmohe
EXP,EXP({0}),bnmohlqte,nmohe
LN,LN({0}),bnmohlqte,nmohe
LOG10,LOG10({0}),bnmohlqte,nmohe
ROUND,"ROUND({0},{1})",bnmohlqte,nmohe
ROUNDUP,"ROUNDUP({0},{1})",bnmohlqte,nmohe
ROUNDDOWN,"ROUNDDOWN({0},{1})",bnmohlqte,nmohe
TRUNC,TRUNC({0}),bnmohlqte,nmohe
QUOTIENT,"QUOTIENT({0},{1})",bnmohlqte,nmohe
N,N({0}),bnmohlqtrcpfe,nmohe
PI,PI(),b,n
NA,NA(),b,e
TODAY,TODAY(),b,n
IF,"IF({0},{1},{2})",bnmohle bnmohlqtrcpfe bnmohlqtrcpfe,bnmohlqtrcpfe
IFERROR,"IFERROR({0},{1})",bnmohlqtrcpfe,bnmohlqtrcpfe
IFNA,"IFNA({0},{1})",bnmohlqtrcpfe,bnmohlqtrcpfe
AND,"AND({0},{1})",bnmohle,le
OR,"OR({0},{1})",bnmohle,le
NOT,NOT({0}),bnmohle,le
XOR,"XOR({0},{1})",bnmohle,le
ISNUMBER,ISNUMBER({0}),bnmohlqtrcpfe,l
ISTEXT,ISTEXT({0}),bnmohlqtrcpfe,l
ISBLANK,ISBLANK({0}),bnmohlqtrcpfe,l
ISERROR,ISERROR({0}),bnmohlqtrcpfe,l
ISNA,ISNA({0}),bnmohlqtrcpfe,l
SUM,SUM({r}),bnmohlqtrcpfe,nmohe
AVERAGE,AVERAGE({r}),bnmohlqtrcpfe,nmohe
MIN,MIN({r}),bnmohlqtrcpfe,nmohe
MAX,MAX({r}),bnmohlqtrcpfe,nmohe
COUNT,COUNT({r}),bnmohlqtrcpfe,n
COUNTA,COUNTA({r}),bnmohlqtrcpfe,n
COUNTBLANK,COUNTBLANK({r}),bnmohlqtrcpfe,n
PRODUCT,PRODUCT({r}),bnmohlqtrcpfe,nmohe
SUMSQ,SUMSQ({r}),bnmohlqtrcpfe,nmohe
MEDIAN,MEDIAN({r}),bnmohlqtrcpfe,nmohe
STDEV,STDEV({r}),bnmohlqtrcpfe,nmohe
VAR,VAR({r}),bnmohlqtrcpfe,nmohe
LARGE,"LARGE({r},2)",bnmohlqtrcpfe bn,nmohe
SMALL,"SMALL({r},1)",bnmohlqtrcpfe bn,nmohe
INDEX,"INDEX({r},1,{1})",bnmohlqtrcpfe bne bne,bnmohlqtrcpfe
MATCH,"MATCH({0},{r},0)",nmlqtrfe bnmlqtrcpfe n,ne
COUNTIF,"COUNTIF({r},{0})",bnmohlqtrcpfe lqtrfc,ne
COUNTIFS,"COUNTIFS({r},{0},{s},{1})",bnmohlqtrcpfe lqtrfc bnmohlqtrcpfe lqtrfc,ne
SUMIF,"SUMIF({r},{0},{s})",bnmohlqtrcpfe lqtrfc bnmohlqtrcpf,nmohe
SUMIFS,"SUMIFS({s},{r},{0},{s},{1})",bnmohlqtrcpf bnmohlqtrcpfe lqtrfc bnmohlqtrcpf lqtrfc,nmohe
>&,"COUNTIF({r},"">""&{0})",bnmohlqtrcpfe nm,c
LEFT,LEFT({0}),qtrcpf,qtrcpf
T,T({0}),bnmohlqtrcpfe,qtrcpfe
SEARCH,"SEARCH({0},{1})",tre bqtre,ne
ROW,ROW({0}),bnmohlqtrcpfe,n
ROWS,ROWS({r}),bnmohlqtrcpfe,n
COLUMNS,COLUMNS({r}),bnmohlqtrcpfe,n
NPV,"NPV({0},{r})",nmoh bnmohlqtrcpf,nmohe
FIXED,"FIXED({0},2)",bnmohe bn,qtre
"""
POOL: Final[dict[str, Sequence[Value]]] = {
    "b": (None,),
    "n": (0.0, 1.0, 2.0, 3.0, 0.1, 0.2, 0.3, 2.675, 1.005, 0.5, 10.0, 12.0, 123456789.123, 45000.75, 60.0),
    "m": (-1.0, -2.5, -0.001, -3.0, -1234.567),
    "o": (0.1 + 0.2, 1 / 3, -2 / 3, 41000.12345678912, 7 / 9 * 1e6, -1e8 / 7),
    "h": (1e-7, 1e-20, 1e15 + 0.5, 1e18, -1e16 / 3),
    "l": (True, False),
    "q": ("",),
    "t": ("abc", "ABC", "Abc d", "short", " x ", "twice", "co-op", "coop", "a_b", "A.b"),
    "r": ("BTC 2026", "1INCH", "x5", "USDT-M 1", "TRUE story 1"),
    "c": (">0", "<1E+300", "<=2.5", ">=-1", "<0.1"),
    "p": ("a*", "?", "~x", "<b", ">=c", "=d"),
    "f": ("été", "Ünder", "价格", "▲ up", "é"),
    "e": (
        CellError("#N/A"),
        CellError("#DIV/0!"),
        CellError("#VALUE!"),
        CellError("#NUM!"),
        CellError("#REF!"),
    ),
}
PLACES: Final = 6  # columns of operands


class Sample:
    """One formula with its operands, on a row of its own."""

    def __init__(
        self, operation: str, asked: tuple[int, str] | None, form: str, operands: dict[str, list[Value]]
    ) -> None:
        self.operation = operation
        self.asked = asked  # the argument and its kind; None for all kinds at once
        self.form = form
        self.operands = operands

    def formula(self, row: int) -> str:
        """The text of the formula on a row."""
        named = {name: f"{cells[0]}{row}" for name, cells in CELLS.items()}
        named |= {name: f"{CELLS[name][0]}{row}:{CELLS[name][-1]}{row}" for name in ("r", "s")}
        return self.form.format(named["0"], named["1"], named["2"], **{k: named[k] for k in ("r", "s")})

    def cells(self, row: int) -> Iterator[tuple[int, Value]]:
        """The operands by place."""
        for name, values in self.operands.items():
            for letter, value in zip(CELLS[name], values, strict=False):
                if value is not None:
                    yield place(0, row, ord(letter) - 64), value


CELLS: Final = {"r": "ABCD", "s": "EFGH", "0": "I", "1": "J", "2": "K"}


def candidates() -> list[dict[str, str]]:
    """The rows of the table of candidates."""
    return list(csv.DictReader(("operation,form,takes,gives" + CANDIDATES).splitlines()))


def arguments(form: str) -> list[tuple[str, int]]:
    """The operands of a form, each with the number of its argument."""
    head, bracket, inner = form.partition("(")
    parts = inner[:-1].split(",") if bracket and head.isalnum() else form.replace("}", "},").split(",")
    return [(part[part.index("{") + 1 : part.index("}")], at) for at, part in enumerate(parts) if "{" in part]


def samples(row: dict[str, str], takes: Sequence[str], each: int, chance: random.Random) -> Iterator[Sample]:
    """Operands for each kind of each argument among plain ones, and at last of all kinds mixed."""
    operands = arguments(row["form"])
    for name, at in operands:
        for letter in takes[min(at, len(takes) - 1)]:
            for _ in range(each):
                yield Sample(
                    row["operation"], (at, letter), row["form"], _drawn(operands, takes, chance, name, letter)
                )
    for _ in range(each * 6):
        yield Sample(row["operation"], None, row["form"], _drawn(operands, takes, chance))


def _drawn(
    operands: Sequence[tuple[str, int]],
    takes: Sequence[str],
    chance: random.Random,
    name: str = "",
    letter: str = "",
) -> dict[str, list[Value]]:
    given: dict[str, list[Value]] = {}
    for other, at in operands:
        allowed = takes[min(at, len(takes) - 1)]
        plain = "".join(set(allowed) & set("bn")) or allowed
        pool = (
            letter + plain
            if other == name and other in "rs"
            else letter
            if other == name
            else plain
            if name
            else allowed
        )
        given[other] = [chance.choice(POOL[chance.choice(pool)]) for _ in CELLS[other]]
        if other == name:
            given[other][0] = chance.choice(POOL[letter])
    if "0" in given and "r" in given and given["0"][0] is not None and chance.random() < 0.5 and not name:
        given["r"][1] = given["0"][0] if kind_of(given["0"][0]) & kinds(takes[0]) else given["r"][1]
    return given


def answers(engine: Engine, chosen: dict[int, Sample]) -> dict[int, Value]:
    """What an engine makes of samples, by their rows."""
    texts = {place(0, row, 12): intersected(sample.formula(row))[0] for row, sample in chosen.items()}
    lacking = {row for row, sample in chosen.items() if not _knows(engine, sample.form)}
    session = engine.Session(
        ["S"], {where: text for where, text in texts.items() if (where >> 15) not in lacking}, []
    )
    session.hold(
        0, {where & KEY_MASK: value for row, sample in chosen.items() for where, value in sample.cells(row)}
    )
    return {where >> 15: value for where, value in session.results(None).items()}


def _knows(engine: Engine, form: str) -> bool:
    called = {token["call"] for token in TOKEN.finditer(form) if token["call"]}
    return engine.known(called) == called


def alone(chosen: dict[int, Sample]) -> dict[int, tuple[Value, Value, Value]]:
    """The samples for which the evaluating engine has no other that agrees; with what each says."""
    own, second = answers(embedded, chosen), answers(ironcalc, chosen)
    apart = {
        row: sample
        for row, sample in chosen.items()
        if own[row] != NO_ANSWER and not agree(own[row], second.get(row))
    }
    third = answers(libreoffice, apart) if apart else {}
    return {
        row: (own[row], second.get(row), third.get(row))
        for row in apart
        if not agree(own[row], third.get(row))
    }


def swept(each: int, seed: int) -> tuple[list[dict[str, str]], list[str]]:
    """The rows of the table, and what spoke against those kinds and operations that are not in it."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    rows = candidates()
    said: list[str] = []
    for final in (False, True):
        chosen: dict[int, Sample] = {}
        for row in rows:
            for sample in samples(row, row["takes"].split(), each, chance):
                if (sample.asked is None) == final and not _compares_close(sample):
                    chosen[len(chosen) + 1] = sample
        for number, voices in alone(chosen).items():
            sample = chosen[number]
            said.append(f"{sample.operation} {sample.asked} ={sample.form} {sample.operands} {voices}")
            for row in rows:
                if row["operation"] == sample.operation and row["takes"]:
                    row["takes"] = "" if sample.asked is None else _without(row, *sample.asked)
        rows = [row for row in rows if row["takes"].strip()]
    return rows, said


def _without(row: dict[str, str], at: int, letter: str) -> str:
    takes = row["takes"].split()
    count = max((number for _, number in arguments(row["form"])), default=0) + 1
    takes += [takes[-1]] * (count - len(takes))
    takes[at] = takes[at].replace(letter, "")
    return " ".join(takes) if all(takes) else ""


def _compares_close(sample: Sample) -> bool:
    """Whether two numbers are compared that are equal in fifteen digits: that is looked at elsewhere."""
    numbers = [v for values in sample.operands.values() for v in values if isinstance(v, float)]
    near = any(a != b and abs(a - b) <= 1e-14 * abs(a) for a in numbers for b in numbers)
    return near and not frozenset("=<>").isdisjoint(sample.form)


def main() -> None:
    """Sweep, and write the table if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows, said = swept(given.each, given.seed)
    for line in said:
        sys.stderr.write(line + "\n")
    with TABLE.open("w", newline="", encoding="utf-8") if given.write else sys.stdout as file:
        writer = csv.DictWriter(file, ("operation", "form", "takes", "gives"), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
