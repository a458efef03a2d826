"""Where a run leaves what the next one is compared with: one file beside the records."""

import contextlib

from workbook.batch.records import FOLDER
from workbook.files.store import Store
from workbook.report.run_state import RunState, state_from_json

NAME = f"{FOLDER}/last-run.json"


def read_last_run(store: Store, folder: str) -> RunState | None:
    """The run before in a folder; None if there was none, or nothing can be made of it."""
    path = store.join(folder, NAME)
    if store.fault(path) or store.is_link(path):
        return None
    try:
        return state_from_json(store.read(path))
    except OSError:
        return None


def keep_run(store: Store, folder: str, state: RunState) -> None:
    """Leave the state of this run; without it, the next report shows no differences."""
    with contextlib.suppress(OSError):
        store.write(store.join(folder, NAME), state.to_json().encode())
