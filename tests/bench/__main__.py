"""`make bench`: each module of this folder prints its own table."""

import importlib
import pkgutil
import sys
from pathlib import Path

HERE = Path(__file__).parent

sys.path.insert(0, str(HERE.parent))  # the helpers of the tests
for module in sorted(pkgutil.iter_modules([str(HERE)])):
    if module.name != "__main__":
        importlib.import_module(f"tests.bench.{module.name}").main()
