"""`make bench`: each module of this folder prints its own table."""

import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

sys.path[:0] = [str(HERE.parent), str(HERE)]  # the helpers of the tests, and the modules here
for module in sorted(pkgutil.iter_modules([str(HERE)])):
    if module.name != "__main__":
        try:
            importlib.import_module(module.name).main()
        except pytest.skip.Exception as missing:
            print(f"{module.name}: {missing}")
