"""The demo: the main job in one command."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

from addin.commands.show import as_json


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it, in an empty folder."""
    command = [sys.executable, "-m", "addin", "demo"]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_demo_makes_recalculates_checks_and_prints_its_plans(tmp_path: Path) -> None:
    """Both examples of the article and one of real prices, and one of them in built-in functions alone."""
    for _ in range(2):  # a second run writes over the first
        ran = demo(tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
    assert {book.name for book in (tmp_path / "demo").iterdir()} == {
        "two-asset.xlsx",
        "btc.xlsx",
        "portfolio.xlsx",
        "two-asset (native).xlsx",
    }
    assert len(re.findall(r"\.xlsx: sound.*; \d+ formulas recalculated", ran.stdout)) == 4
    assert "two-asset (native).xlsx is the same in built-in functions" in ran.stdout
    plans = [json.loads(as_json(tmp_path / "demo" / f"two-asset{end}.xlsx")) for end in ("", " (native)")]
    assert [plan["results"]["plan_margin"] for plan in plans] == [480, 480]
    rows = {line[:24].strip(): line.split()[-3:] for line in ran.stdout.splitlines()}
    assert rows["Value held"][:2] == ["6,000.00", "15,000.00"]
    assert rows["Wanted hedge"][:2] == ["2,400.00", "7,500.00"]
    assert rows["Contracts"][:2] == ["0.08", "0.25"]
    assert rows["Margin of this contract"][:2] == ["480.00", "750.00"]
    assert rows["Free capital"][1] == "250.00"
    assert rows["Room until then"][0] == "19.4%"


def test_demo_refuses_a_file_in_the_place_of_its_folder(tmp_path: Path) -> None:
    """One sentence, and the file is as it was."""
    (tmp_path / "demo").write_text("mine")
    ran = demo(tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "microhedge: demo: File exists\n"
    assert (tmp_path / "demo").read_text() == "mine"
