"""What no vote shows: values for which all engines differ from Excel alike.

Excel makes 0 of a difference that rounding alone left, writes fifteen digits of a number in a text, counts
some letters as two, and reads texts as numbers and dates that no engine reads. What to look for is known
of each shape of a formula (`workbook.recalc.suspects`), and looked for in the cells that a change reaches.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, DecimalException
from itertools import chain
from typing import Final

from udfs.dates import LAST_DAY
from workbook.cells import Area, CellError, Value, area_of
from workbook.formula.forms import PlainFormula
from workbook.recalc.comparisons import EPSILON, ComparedSide, is_known, is_residue, numbers_of
from workbook.recalc.core import EXTREME, ODD, kind_of
from workbook.recalc.days import FIRST_SOUND, is_day
from workbook.recalc.new_values import (
    DIGITS,
    LONGEST_SOUGHT,
    SIGNLESS,
    TILDE,
    Now,
    is_counted_otherwise,
    is_spelled_oddly,
    long_runs,
)
from workbook.recalc.suspects import (
    BOTH,
    DOWN,
    IN,
    OUT,
    UP,
    Step,
    Suspect,
    areas_of,
    is_in_order,
    suspect,
    words_of,
)
from workbook.recalc.text_lengths import most_letters

FIRST_DAY: Final = 61.0  # the 1st of March 1900: before it engines count other days than Excel
SMALLEST_NORMAL: Final = 2.2250738585072014e-308  # below it, numbers are 0 to Excel
LONGEST: Final = 32_767  # characters that a cell may hold
TINY: Final = 1e-5  # of sums and differences below, it is asked whether rounding alone left them
HALF: Final = 0.5
SECONDS: Final = 86_400  # of a day
MINUTE: Final = 60  # seconds
MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
READ: Final = re.compile(  # what Excel may take for a number, a date or a time
    r"\s*[-+(]?\s*[$€£¥]?\s*[-+(]?[0-9][0-9.,'\s]*(?:E[-+]?[0-9]+)?\s*[%)$€£¥]*\s*"
    r"|\s*[0-9]+\s+[0-9]+/[0-9]+\s*"
    rf"|\s*[0-9]{{1,4}}\s*[-/.:\s]\s*(?:[0-9]{{1,4}}|{MONTH})(?:[-/.:,\s]+[0-9]{{1,4}})?"
    r"(?:[ T]+[0-9]{1,2}:[0-9:.]+)?(?:\s*[AP]M?)?\s*"
    r"|\s*[0-9]{1,2}\s*[AP]M?\s*"
    rf"|\s*{MONTH}\s*[-/.,\s]\s*[0-9]{{1,4}}(?:[-/.,\s]+[0-9]{{1,4}})?\s*"
    r"|\s*(?:TRUE|FALSE)\s*",
    re.IGNORECASE,
)
NAME: Final = re.compile(r"[^\W\d][\w.]*(?:\[.*\])?")
LONGEST_READ: Final = 40  # characters
SIMPLE: Final = re.compile(r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*%?\s*")  # a number to every program
MINUS_ZERO: Final = re.compile(r"(?<![\w.,])-0(?![\d.,])")
TEXT_SECTION: Final = 4  # of a number format: how a text is shown
ZEROS: Final = re.compile(r"(?<![0-9.,])0+(?:[.,]0+)?(?![0-9.,])")


def doubts(
    plain: Mapping[int, PlainFormula], cells: Iterable[int], changes: Mapping[int, Value], now: Now
) -> dict[int, str]:
    """Why values are not trusted whatever engines make of them: the end of a sentence on a cell.

    `changes` are those that are not what Excel cached.
    """
    found = {}
    for where in cells:
        if where in plain:  # or it is a cell that an array formula fills
            asked = suspect(plain[where].shape)
            why = "" if asked.is_nothing else asked.alike or _given(asked, plain[where], now)
            if not why and where in changes:
                why = _odd(changes[where], asked, plain[where], now)
            if why:
                found[where] = why
    return found


def _odd(value: Value, asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Why a new value is out of the ordinary."""
    if type(value) is float:
        return _odd_number(value, asked, plain, now)
    if isinstance(value, CellError):
        return _odd_error(value, asked, plain, now)
    return _odd_text(value, asked, plain, now) if isinstance(value, str) else ""


def _odd_error(value: CellError, asked: Suspect, plain: PlainFormula, now: Now) -> str:
    if value == "#REF!" and asked.reaches:
        return "would be #REF! by INDIRECT, to which engines give no names"
    if asked.tallies:
        return f"would be {value}, but counts: to Excel an error is nothing that counts"
    is_read = now.holds("readable", plain.areas) or any(map(_is_read, asked.words))
    if is_read and value == "#VALUE!" and not now.holds("error", plain.areas):
        return "would be #VALUE! for a text that Excel may read as a number"
    return ""


def _odd_text(value: str, asked: Suspect, plain: PlainFormula, now: Now) -> str:
    if len(value) > LONGEST:
        return f"would be a text of {len(value)} characters, more than a cell of Excel holds"
    if asked.shown and ZEROS.search(value) and "-" not in value:
        for side in asked.shown:
            numbers = numbers_of(side, plain.named, now) if side else []
            if not numbers or -HALF < numbers[0] < 0:
                return "would show a 0, before which Excel writes the sign of a number that is not quite 0"
    if MINUS_ZERO.search(value) and not asked.shown and '"-' not in plain.text:
        return "would hold -0, of which Excel makes 0"
    return _long_number(value, plain, now) if len(value) > DIGITS else ""


def _odd_number(value: float, asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Excel has no day after 9999, a 29th of February 1900, and makes 0 of what rounding alone left."""
    if 0 < abs(value) < SMALLEST_NORMAL:
        return f"would be {value!r}, which is 0 to Excel"
    first = FIRST_SOUND if asked.dates == "DATE" else FIRST_DAY
    is_followed = bool(asked.made) and all(is_day(made, plain.named, now) for made in asked.made)
    if asked.dates and not first <= value <= LAST_DAY and not is_followed:
        return f"would be {value!r} by {asked.dates}, a day that Excel does not have or counts otherwise"
    if not asked.sums or not 0 < abs(value) < TINY:
        return ""
    whole = asked.sums[0]
    if is_known(whole):
        is_left = is_residue(whole, plain.named, now)
    else:
        values = chain(*map(now.values, plain.areas))
        total = sum(abs(value) for value in values if isinstance(value, float))
        is_left = abs(value) <= EPSILON * total
    return f"would be {value!r}, of which Excel may make 0" if is_left else ""


def _given(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Why a formula is not trusted with what its cells hold."""
    if asked.letters and now.holds("letter", plain.areas):
        return f"calls {asked.letters}, to which a letter counts as two in Excel alone"
    numbers = list(chain(*(numbers_of(side, plain.named, now) for side in asked.joined)))
    if any(number == 0 and math.copysign(1.0, number) < 0 for number in numbers):
        return "writes a 0 with a sign into a text, which Excel writes without"
    if any(map(_is_long, numbers)):
        return "writes a number of more than fifteen digits into a text, as Excel alone does"
    if asked.reaches and any(map(_is_name, chain(asked.spelled, _singles(plain, now)))):
        return "calls INDIRECT with a name, which engines are not given"
    return next((why for look in LOOKS if (why := look(asked, plain, now))), "")


def _counted(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Criteria, and texts among the cells that they are put to."""
    areas = [plain.named[number] for number in asked.counts if number < len(plain.named)]
    is_odd = any(is_counted_otherwise(text) or is_spelled_oddly(text) for text in asked.criteria)
    if is_odd or now.holds("criterion", areas) or (now.holds("spelled", areas) and now.spells_apart(areas)):
        return "counts by a criterion, or among cells, that Excel may read as a number"
    bounds = [plain.named[number] for number in asked.bounds if number < len(plain.named)]
    if any(map(is_in_order, asked.criteria)) or now.holds("text", bounds):
        return "counts texts by their order, which Excel takes from a dictionary"
    return ""


def _cut(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Criteria with a number of which Excel writes fifteen digits, among numbers that have these as well."""
    for bound, counted in asked.written:
        for number in filter(_is_long, numbers_of(bound, plain.named, now)):
            areas = [plain.named[at] for at in areas_of(counted) if at < len(plain.named)]
            values = chain(*map(now.values, areas))
            if any(isinstance(v, float) and f"{v:.14e}" == f"{number:.14e}" for v in values):
                return "counts by a number of more than fifteen digits, of which Excel writes fifteen"
    return ""


def _misread(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Texts that stand where numbers are wanted, and would give an error that nobody sees."""
    values = chain(*(now.values(plain.named[at]) for at in asked.reads if at < len(plain.named)))
    if any(map(_is_read, values)) or (asked.hides and any(map(_is_read, asked.words))):
        return "is given a text that Excel may read as a number"
    if asked.tallies and asked.hides and now.holds("error", plain.areas):
        return "counts errors, which are nothing that counts to Excel"
    return ""


def _misordered(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Texts whose order is another one in a dictionary."""
    for sides in asked.ordered:
        words = [list(words_of(side)) for side in sides]
        areas = [[plain.named[at] for at in areas_of(side) if at < len(plain.named)] for side in sides]
        is_odd = now.holds("unsorted", chain(*areas)) or not all(map(SIGNLESS.fullmatch, chain(*words)))
        if is_odd and all(word or now.holds("text", area) for word, area in zip(words, areas, strict=True)):
            return "compares texts by their order, which Excel takes from a dictionary"
    return ""


def _early(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Days that Excel alone counts as it does."""
    numbers = chain(*(numbers_of(side, plain.named, now) for side in asked.days))
    return "is given a day before March 1900" if any(0 <= number < FIRST_DAY for number in numbers) else ""


def _late(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Times less than half a second before the next minute, which Excel rounds up."""
    for number in chain(*(numbers_of(side, plain.named, now) for side in asked.times)):
        seconds = number % 1 * SECONDS
        if seconds // MINUTE != round(seconds) // MINUTE:
            return "is given a time that Excel rounds up to the next minute"
    return ""


def _gapped(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Blank cells among those that LOOKUP searches, which engines take for a 0."""
    areas = [plain.named[at] for at in asked.gaps if at < len(plain.named)]
    if any(len(now.values(area)) < area.size for area in areas):
        return "searches by LOOKUP among blank cells, which Excel passes over"
    return ""


def _worded(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Texts that are shown by a format that has something to say of texts."""
    for number, form in asked.worded:
        if any(map(_speaks_of_texts, _texts(form, plain, now))) and any(_texts(number, plain, now)):
            return "shows a text by a format for texts, which engines leave as it is"
    return ""


def _speaks_of_texts(form: str) -> bool:
    sections = form.split(";")
    return form != "@" and (not form or len(sections) >= TEXT_SECTION or "@" in form) and sections[-1] != "@"


def _texts(side: ComparedSide, plain: PlainFormula, now: Now) -> Iterator[str]:
    """The texts that a side is made of: its own, and those of its cells."""
    yield from words_of(side)
    for at in areas_of(side):
        if at < len(plain.named):
            yield from (value for value in now.values(plain.named[at]) if type(value) is str)


def _on_the_edge(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Numbers that are whole in fifteen digits, and are rounded in one direction."""
    for asked_step in asked.steps:
        sides = asked_step.number, asked_step.step
        numbers, steps = (numbers_of(one, plain.named, now) if one else [1.0] for one in sides)
        if len(numbers) == len(steps) == 1 and _is_on_the_edge(numbers[0], steps[0], asked_step):
            return f"rounds {numbers[0]!r}, which may be whole to Excel"
    return ""


def _is_on_the_edge(number: float, step: float, asked: Step) -> bool:
    """Whether a number is next to a whole one, on the side where that makes a difference."""
    try:
        exact = (Decimal(repr(number)) / Decimal(repr(step))).scaleb(int(asked.places))
        away = exact.to_integral_value() - exact
    except (DecimalException, ValueError, OverflowError):
        return False
    outwards = away if exact > 0 else -away
    matters = {DOWN: away > 0, UP: away < 0, IN: outwards > 0, OUT: outwards < 0, BOTH: away != 0}
    return matters[asked.way] and abs(away) <= Decimal(EPSILON) * abs(exact)


def _sized(asked: Suspect, plain: PlainFormula, _now: Now) -> str:
    """Ranges that Excel takes in certain sizes alone."""
    for numbers in asked.alike_in_size:
        found = [(_size(plain.named[at]), column) for at, column in numbers if at < len(plain.named)]
        sizes = {(height, 1 if column else width) for (height, width), column in found}
        if len(sizes) > 1:
            return "is given ranges of several sizes, which is #VALUE! to Excel"
    if any(min(_size(plain.named[at])) > 1 for at in asked.wide if at < len(plain.named)):
        return "takes a row of a range by one number, as engines do not"
    return ""


def _patterned(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Patterns that programs read each in its own way."""
    for side in asked.patterns:
        areas = (plain.named[at] for at in areas_of(side) if at < len(plain.named))
        values = chain(*(now.values(area) for area in areas if area.size == 1))
        texts = (value for value in values if isinstance(value, str))
        for text in chain(words_of(side), texts):
            if TILDE.search(text):
                return "searches with a ~ that stands before no sign"
            if len(text) > LONGEST_SOUGHT:
                return f"searches for a text of more than {LONGEST_SOUGHT} characters, which Excel does not"
    return ""


def _long(asked: Suspect, plain: PlainFormula, now: Now) -> str:
    """Texts that are longer than Excel takes them, of which only what comes of them shows."""
    if any(most_letters(side, plain.named, now) > LONGEST for side in asked.inner):
        return f"puts a text together that may have more than {LONGEST} characters, which Excel can't"
    if any(most_letters(side, plain.named, now) > LONGEST_SOUGHT for side in asked.sought):
        return f"may search for a text of more than {LONGEST_SOUGHT} characters, which Excel does not"
    return ""


LOOKS: Final[tuple[Callable[[Suspect, PlainFormula, Now], str], ...]] = (
    _counted,
    _cut,
    _misread,
    _misordered,
    _early,
    _late,
    _gapped,
    _worded,
    _on_the_edge,
    _sized,
    _patterned,
    _long,
)


def _size(area: Area) -> tuple[int, int]:
    return area.bottom - area.top + 1, area.right - area.left + 1


def _singles(plain: PlainFormula, now: Now) -> Iterator[Value]:
    return chain(*(now.values(area) for area in plain.areas if area.size == 1))


def _is_name(value: Value) -> bool:
    """Whether a text is perhaps the name of a range or a table, not the place of a cell."""
    return type(value) is str and NAME.fullmatch(value) is not None and area_of(value) is None


def _is_read(value: Value) -> bool:
    return (
        isinstance(value, str)
        and not isinstance(value, CellError)
        and len(value) <= LONGEST_READ
        and not SIMPLE.fullmatch(value)
        and READ.fullmatch(value) is not None
    )


def _is_long(number: float) -> bool:
    return kind_of(number) & (ODD | EXTREME) != 0


def _long_number(value: str, plain: PlainFormula, now: Now) -> str:
    """Excel writes fifteen digits of a number, engines all that they have."""
    for run in long_runs(value):
        if run not in plain.text and not now.holds("long", plain.areas):
            return f"would hold {run}, of which Excel writes {DIGITS} digits"
    return ""
