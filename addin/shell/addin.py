"""`microhedge addin`: the spreadsheet programs."""

from pathlib import Path
from typing import Annotated

import typer

from addin.hosts.host import HostName, State, host
from addin.shell.exit import Exit
from addin.shell.options import HELP, FormatOption, commands, help_example, help_if_alone

HostArgument = Annotated[HostName, typer.Argument(metavar="HOST", help="The spreadsheet program.")]

app = commands("Build, install, look at or remove the add-in of a host.")
app.callback(invoke_without_command=True, epilog=help_example("addin install excel"))(help_if_alone)


@app.command("build", epilog=help_example("addin build excel"), context_settings=HELP)
def build_addin(
    name: HostArgument,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where to write it.")] = Path(),
) -> None:
    """Write an add-in's files, on any system."""
    for path in host(name).build(out):
        print(path)


@app.command("install", epilog=help_example("addin install excel"), context_settings=HELP)
def install_addin(name: HostArgument) -> None:
    """Put the functions into the host on this machine."""
    print(host(name).install())


@app.command("status", epilog=help_example("addin status excel"), context_settings=HELP)
def show_addin(
    name: HostArgument,
    form: FormatOption = "text",
) -> None:
    """Say what is installed and whether it fits.

    Exit 1 if anything is to be done; the last line says what.
    """
    status = host(name).status()
    print(status.as_json() if form == "json" else status.as_text())
    if status.state in (State.ABSENT, State.FAULTY):
        raise typer.Exit(Exit.FAULTY)


@app.command("remove", epilog=help_example("addin remove excel"), context_settings=HELP)
def remove_addin(name: HostArgument) -> None:
    """Undo an installation and leave nothing behind."""
    print(host(name).remove())
