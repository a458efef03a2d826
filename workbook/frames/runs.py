"""Runs over many books: an outcome per book as it ends, or a frame with one row per book."""

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from workbook.batch.market_file import market_in_file
from workbook.batch.report_rows import COLUMNS, table_row
from workbook.batch.run import recalc_paths
from workbook.frames.market import market_of
from workbook.layout import PLAN
from workbook.request import Outcome, Place, Request

KINDS = {"number": "float64", "flag": "boolean"}


def iter_recalc_books(
    paths: Place | Sequence[Place],
    *,
    out: Place | None = None,
    in_place: bool = False,
    inputs: Mapping[str, Any] | None = None,
    market: "pd.DataFrame | Place | None" = None,
    as_of: datetime | None = None,
    allow_stale: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> Generator[Outcome]:
    """Recalculate books and folders of books; an outcome per book as it ends, in memory that does not grow.

    `market` is a frame with a row per symbol, or a file. Exactly one of `out` and `in_place` is given.
    """
    places = [paths] if isinstance(paths, str) or not isinstance(paths, Sequence) else paths
    prices = (
        market_of(market) if isinstance(market, pd.DataFrame) else market_in_file(market) if market else {}
    )
    request = Request(inputs=inputs or {}, market=prices, as_of=as_of, allow_stale=allow_stale)
    return recalc_paths(places, out=out, in_place=in_place, request=request, jobs=jobs, scheduler=scheduler)


def recalc_books(paths: Place | Sequence[Place], **options: Any) -> pd.DataFrame:
    """Recalculate books as `iter_recalc_books` does; one row per book: status, reason, results."""
    return frame_of([table_row(outcome) for outcome in iter_recalc_books(paths, **options)])


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows of a report as a frame with typed columns; a result that is an error is missing."""
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *PLAN.outputs])
    for name, field in PLAN.outputs.items():
        wanted = {"number": float, "flag": bool}.get(field.kind, str)
        cells = [cell if isinstance(cell, wanted) else None for cell in frame[name]]
        frame[name] = pd.Series(cells, frame.index, dtype=KINDS.get(field.kind, "object"))
    return frame
