"""xlwings Lite: what a call takes in Pyodide, without the trip through Excel."""

from excel_calls import CASES, ROWS
from support.lite_host import in_pyodide

from addin.hosts.lite import main_text


def main() -> None:
    """Print a row a function."""
    main_py = main_text()
    alone = in_pyodide(main_py, list(CASES.items()), 2_000)
    columns = [
        (name, ([[cells[0] + row] for row in range(ROWS)], *cells[1:])) for name, cells in CASES.items()
    ]
    over = in_pyodide(main_py, columns, 3)
    print(f"{'xlwings Lite in Pyodide, µs':<32}{'a call':>10}{f'{ROWS:,} rows':>16}")
    for name, call, column in zip(CASES, alone, over, strict=True):
        print(f"{name:<32}{call * 1e6:>10.1f}{column * 1e6:>16.1f}")
