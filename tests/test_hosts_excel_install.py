"""Installing the Excel add-in: XLSTART on Windows, clear words elsewhere."""

import importlib.util
import platform
import site
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT

from addin.hosts import excel_file, excel_install
from addin.hosts.host import HostError, State


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A Windows with a Python that has xlwings' DLL beside it, and a user's folder."""
    scripts = tmp_path / "venv" / "Scripts"
    scripts.mkdir(parents=True)
    for name in ("python.exe", "pythonw.exe"):
        (scripts / name).touch()
    (tmp_path / "venv" / f"xlwings64-{version('xlwings')}.dll").touch()
    found = importlib.util.find_spec
    monkeypatch.setattr(excel_install, "find_spec", lambda name: True if name == "win32com" else found(name))
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(excel_install, "DLL_CODEC", "cp1252")
    monkeypatch.setattr(sys, "executable", str(scripts / "python.exe"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    add_in = tmp_path / "Roaming" / "Microsoft" / "Excel" / "XLSTART" / "microhedge.xlam"
    return SimpleNamespace(
        python=scripts / "pythonw.exe", library=scripts.parent, add_in=add_in, root=tmp_path
    )


def test_install_puts_one_file_where_excel_loads_it(windows: Any) -> None:
    """The file is the add-in for this Python, and nothing else is written."""
    before = {path for path in windows.root.rglob("*") if path.is_file()}
    assert str(windows.add_in) in excel_install.install()
    assert windows.add_in.read_bytes() == excel_file.add_in(str(windows.python), str(windows.library))
    assert {path for path in windows.root.rglob("*") if path.is_file()} - before == {windows.add_in}


def test_install_status_remove(windows: Any) -> None:
    """The whole way: absent, sound, sound after a second installation, absent with nothing left."""
    assert excel_install.status().state is State.ABSENT
    assert "microhedge addin install excel" in excel_install.status().advice
    for _ in range(2):
        excel_install.install()
        status = excel_install.status()
        assert (status.state, status.advice) == (State.SOUND, "")
    assert status.facts["add-in"] == str(windows.add_in)
    assert status.facts["interpreter"] == str(windows.python)
    assert status.facts["xlwings"] == version("xlwings")
    assert version("xlwings") in status.facts["made of"]
    assert "removed" in excel_install.remove()
    assert not windows.add_in.exists()
    assert "is not installed" in excel_install.remove()
    assert excel_install.status().state is State.ABSENT


def test_an_add_in_of_another_python_is_told_apart(windows: Any) -> None:
    """After a move to another interpreter, status says so and what to do."""
    windows.add_in.parent.mkdir(parents=True)
    windows.add_in.write_bytes(excel_file.add_in(r"C:\elsewhere\pythonw.exe"))
    status = excel_install.status()
    assert status.state is State.FAULTY
    assert r"C:\elsewhere\pythonw.exe" in status.facts["made of"]
    assert "microhedge addin install excel" in status.advice


def test_something_else_of_that_name_is_no_add_in(windows: Any) -> None:
    """A file that is no add-in is reported, not a traceback."""
    windows.add_in.parent.mkdir(parents=True)
    windows.add_in.write_bytes(b"not a package")
    status = excel_install.status()
    assert status.state is State.FAULTY
    assert "not an add-in of microhedge" in status.facts["made of"]


def test_a_python_that_excel_cannot_start_is_refused(windows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without xlwings' DLL beside the interpreter, or without pywin32, nothing is installed."""
    excel_install.install()
    (windows.root / "venv" / f"xlwings64-{version('xlwings')}.dll").unlink()
    with pytest.raises(HostError, match="virtual environment"):
        excel_install.install()
    assert excel_install.status().state is State.FAULTY
    monkeypatch.setattr(excel_install, "find_spec", lambda _: None)
    with pytest.raises(HostError, match="pip install pywin32"):
        excel_install.install()


def test_an_installation_for_one_user_is_found(windows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pip install --user` puts the DLL elsewhere than beside Python: the add-in is told where."""
    (windows.library / f"xlwings64-{version('xlwings')}.dll").rename(
        windows.root / f"xlwings64-{version('xlwings')}.dll"
    )
    monkeypatch.setattr(site, "USER_BASE", str(windows.root))
    excel_install.install()
    assert windows.add_in.read_bytes() == excel_file.add_in(str(windows.python), str(windows.root))
    assert excel_install.status().state is State.SOUND


@pytest.mark.parametrize("verb", ["install", "status"])
def test_the_store_s_python_is_refused(windows: Any, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """Also as a virtual environment of it: what it writes into AppData no other program sees."""
    store = r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.13_x64__qbz5n2kfra8p0"
    monkeypatch.setattr(sys, "base_prefix", store.replace("\\", "/"))
    if verb == "install":
        with pytest.raises(HostError, match="Microsoft Store"):
            excel_install.install()
        assert not windows.add_in.exists()
    else:
        windows.add_in.parent.mkdir(parents=True)
        windows.add_in.write_bytes(b"")
        assert "Microsoft Store" in excel_install.status().advice


@pytest.fixture
def excel(windows: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An Excel that answers to COM, and has its folder elsewhere."""
    asked = SimpleNamespace(StartupPath=str(windows.root / "Start"), quits=0)

    def end() -> None:
        asked.quits += 1

    asked.Quit = end
    client = SimpleNamespace(DispatchEx=lambda name: asked if name == "Excel.Application" else None)
    real = importlib.import_module
    monkeypatch.setattr(
        excel_install, "import_module", lambda name: client if name == "win32com.client" else real(name)
    )
    return asked


def test_excel_itself_names_the_folder(windows: Any, excel: Any) -> None:
    """A profile that was moved: the add-in goes where that Excel looks, and the Excel that was asked ends."""
    where = windows.root / "Start" / "microhedge.xlam"
    assert str(where) in excel_install.install()
    assert where.exists()
    assert not windows.add_in.exists()
    assert excel_install.status().state is State.SOUND
    excel_install.remove()
    assert not where.exists()
    assert excel.quits == 3


def test_an_excel_without_an_answer_has_its_usual_folder(windows: Any, excel: Any) -> None:
    """An empty answer is none; the Excel ends all the same."""
    excel.StartupPath = ""
    excel_install.install()
    assert windows.add_in.exists()
    assert excel.quits == 1


def test_a_path_that_windows_cannot_pass_on_is_refused(windows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in letters of another code page is named before Excel meets it."""
    monkeypatch.setattr(excel_install, "DLL_CODEC", "ascii")
    scripts = windows.python.parents[1].rename(windows.root / "Zoë") / "Scripts"
    monkeypatch.setattr(sys, "executable", str(scripts / "python.exe"))
    with pytest.raises(HostError, match="put Python into another folder"):
        excel_install.install()


def test_an_excel_that_runs_is_named(windows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel locks the file it has loaded: the refusal says to close it, and leaves no half file."""
    excel_install.install()

    def locked(*_: Any) -> None:
        raise PermissionError(13, "The process can't access the file")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(HostError, match="close Excel and try again"):
        excel_install.install()
    assert list(windows.add_in.parent.iterdir()) == [windows.add_in]
    monkeypatch.setattr(Path, "unlink", locked)
    with pytest.raises(HostError, match="close Excel and try again"):
        excel_install.remove()


def test_build_on_windows_is_for_this_python(windows: Any, tmp_path: Path) -> None:
    """What build writes there is what install would install."""
    (path,) = excel_install.build(tmp_path / "out")
    assert path.read_bytes() == excel_file.add_in(str(windows.python), str(windows.library))


def test_without_a_silent_interpreter_the_other_one_serves(windows: Any) -> None:
    """Where there is no pythonw.exe, python.exe is started."""
    windows.python.unlink()
    assert excel_install.interpreter() == windows.python.with_name("python.exe")


def test_build_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyOpenVBA the refusal names the extra."""
    monkeypatch.setitem(sys.modules, "pyopenvba", None)
    with pytest.raises(HostError, match=r"microhedge\[excel\]"):
        excel_file.add_in(None)


@pytest.mark.skipif(platform.system() == "Windows", reason="what is said on the other systems")
@pytest.mark.parametrize(("verb", "code"), [("install", 1), ("remove", 1), ("status", 1)])
def test_on_other_systems_the_command_says_what_is_possible(verb: str, code: int) -> None:
    """Install, remove and status name build and xlwings Lite, in one sentence, with exit 1."""
    command = [sys.executable, "-m", "addin", "addin", verb, "excel"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == code
    assert "microhedge addin build excel" in said
    assert "microhedge addin build lite" in said
    assert "Traceback" not in said


@pytest.mark.skipif(platform.system() == "Windows", reason="on Windows it is built for one Python")
def test_build_command(tmp_path: Path) -> None:
    """The command writes the file on any system and prints its path alone."""
    command = [sys.executable, "-m", "addin", "addin", "build", "excel", "--out", str(tmp_path / "new")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"{tmp_path / 'new' / 'microhedge.xlam'}\n", "")
    assert (tmp_path / "new" / "microhedge.xlam").read_bytes() == excel_file.add_in(None)
