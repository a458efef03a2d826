"""Every template with every engine: the product's own books are recalculated by whatever computes."""

from pathlib import Path
from typing import get_args

import pytest
from support.calc import absence

from workbook import new_book
from workbook.batch.run import recalc_paths
from workbook.engines.libreoffice import profiles
from workbook.request import EngineName, Request

EXAMPLES = ("btc", "two-asset", "portfolio", "blank")
CHANGES: tuple[Request, ...] = (
    Request(inputs={"plan_ratio": 0.45}),
    Request(market={"BTC": {"spot": 91_240.0, "mark": 91_260.0}, "DOGE": {"spot": 0.2}}),
)


@pytest.mark.parametrize("engine", get_args(EngineName))
def test_every_template_is_recalculated_by_every_engine(tmp_path: Path, engine: EngineName) -> None:
    """New inputs and new prices: no engine's rounding or blanks make a book of ours refused."""
    if engine == "libreoffice" and absence():
        pytest.skip(absence() or "")
    (tmp_path / "books").mkdir()
    for example in EXAMPLES:
        new_book(tmp_path / "books" / f"{example}.xlsx", example)
    with profiles():
        for number, change in enumerate(CHANGES):
            request = Request(inputs=change.inputs, market=change.market, engine=engine)
            outcomes = list(recalc_paths([tmp_path / "books"], out=tmp_path / f"{number}", request=request))
            assert len(outcomes) == len(EXAMPLES)
            assert {outcome.path: outcome.reason for outcome in outcomes if outcome.is_problem} == {}
            assert any(outcome.changed > 100 for outcome in outcomes)
