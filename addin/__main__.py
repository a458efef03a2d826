"""`python -m addin` is the `microhedge` command."""

import os
import sys
from pathlib import Path

# Python puts the working folder first: a udfs.py or json.py that lies there must not stand in for ours.
if not sys.flags.safe_path and Path(__file__).resolve().parents[1] != Path.cwd():
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != os.getcwd()]  # noqa: PTH100, PTH109 - no package yet

from addin.cli import main

main()
