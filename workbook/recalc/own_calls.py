"""Formulas with calls of ours, for engines that can't call them: the calls' values go in as constants."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from workbook.cells import CellError, Value, place
from workbook.engines.protocol import NO_ANSWER, hold_places
from workbook.formula.tree import Node, tree, written
from workbook.formula.tree import calls as calls_in
from workbook.recalc.evaluation import SCRATCH, Model


def stepped_with_constants(
    model: Model, other: Model, formulas: Sequence[int], news: Mapping[int, Value], as_of: dt.datetime
) -> dict[int, Value]:
    """What another engine makes of formulas of one cell, each as a single step from the new values.

    The calls of ours are worked by the first engine. One that gives an array has no constant: such a
    formula is left out.
    """
    if not formulas:
        return {}
    trees = {where: tree(other.program.alone(where)) for where in formulas}
    calls = sorted({written((node,)) for nodes in trees.values() for node in own(nodes, model.program.ours)})
    values = {**model.open_values(formulas), **news}
    found = _evaluated(model, calls, values, as_of)
    constants = {
        call: _constant(value)
        for call, value in zip(calls, found, strict=True)
        if value is not None and value != NO_ANSWER
    }
    texts = {where: _replaced(nodes, constants) for where, nodes in trees.items()}
    whole = {
        where: text
        for where, text in texts.items()
        if not any(True for _ in own(tree(text), model.program.ours))
    }
    return dict(zip(whole, _evaluated(other, list(whole.values()), values, as_of), strict=True))


def own(nodes: Iterable[Node], ours: frozenset[str]) -> Iterator[Node]:
    """The calls of ours, without those inside them."""
    for node in nodes:
        if node.name in ours:
            yield node
        else:
            for argument in node.arguments:
                yield from own(argument, ours)


def _replaced(nodes: Iterable[Node], constants: Mapping[str, str]) -> str:
    pieces = []
    for node in nodes:
        text = written((node,))
        if text in constants:
            pieces.append(constants[text])
        elif node.kind in ("call", "group"):
            inner = ",".join(_replaced(argument, constants) for argument in node.arguments)
            pieces.append(f"{node.text}{inner})")
        else:
            pieces.append(text)
    return "".join(pieces)


def _constant(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"({value!r})"
    return str(value) if isinstance(value, CellError) else '"' + str(value).replace('"', '""') + '"'


def _evaluated(
    model: Model, texts: Sequence[str], values: Mapping[int, Value], as_of: dt.datetime
) -> list[Value]:
    """The values of formulas on a sheet of their own."""
    sheet = len(model.program.grammar.titles)
    spots = [place(sheet, row, 1) for row in range(1, len(texts) + 1)]
    called = {call.name for text in texts for call in calls_in(tree(text))}
    session = model.program.engine.Session(
        [*model.program.grammar.titles, SCRATCH],
        dict(zip(spots, texts, strict=True)),
        [],
        functions=sorted(called & model.program.ours),
        date1904=model.book.date1904,
    )
    hold_places(session, values)
    results = session.results(as_of)
    return [results.get(spot, NO_ANSWER) for spot in spots]
