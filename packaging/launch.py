"""From a fresh checkout to the open window in one command; needs Python 3.11 and nothing else.

``python packaging/launch.py [arguments]`` makes ``.venv`` (``STUDIO_VENV`` names another place),
installs the pinned requirements and starts ``python -m studio [arguments]``; a second run starts at
once. ``python packaging/launch.py test [pytest arguments]`` sets up the same and runs every check.
What the studio itself can be told: ``python packaging/launch.py info --help``, or any other verb.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "packaging" / "requirements.txt"
DEV_REQUIREMENTS = ROOT / "packaging" / "requirements-dev.txt"
OLDEST_PYTHON = (3, 11)
USAGE_ERROR = 2

# Shared libraries that Qt loads on Linux and its wheels do not bring, and who has them on Debian.
SYSTEM_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
}


class SetupError(Exception):
    """The set-up cannot go on: one sentence, and what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}\n{remedy}")


def main(arguments: Sequence[str]) -> int:
    """Set up what is missing, then open the window or run the checks; returns the exit status."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(str(__doc__).replace("``", ""))
        return 0
    if arguments and not is_known(arguments[0]):
        print(f"“{arguments[0]}” is neither a project folder nor a command.", file=sys.stderr)
        print(f"Commands: {', '.join(['test', *verbs()])}.", file=sys.stderr)
        return USAGE_ERROR
    testing = arguments[:1] == ["test"]
    try:
        python = set_up([REQUIREMENTS, DEV_REQUIREMENTS] if testing else [REQUIREMENTS])
    except SetupError as error:
        print(f"\nLatent Studio could not be set up. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    return run_checks(python, arguments[1:]) if testing else open_window(python, arguments)


def is_known(argument: str) -> bool:
    """Whether the first argument is a command, an option, or the folder of a project."""
    return argument.startswith("-") or argument in {"test", *verbs()} or Path(argument).is_dir()


def verbs() -> list[str]:
    """The commands of ``python -m studio``: one file each, which declares its name."""
    files = (ROOT / "studio" / "cli" / "verbs").glob("[!_]*.py")
    found = (re.search(r'Verb\(\s*"([^"]+)"', file.read_text(encoding="utf-8")) for file in files)
    return sorted(declared[1] for declared in found if declared)


# --- Set-up --------------------------------------------------------------------------------------


def set_up(requirement_files: Sequence[Path]) -> Path:
    """Make sure that all is there; returns the Python of the environment.

    Raises:
        SetupError: something is missing that cannot be installed from here.
    """
    if sys.version_info < OLDEST_PYTHON:
        found = platform.python_version()
        raise SetupError(
            f"This is Python {found}, and 3.11 or newer is needed.",
            "Install it from python.org or your package manager, and start with that one.",
        )
    folder = Path(os.environ.get("STUDIO_VENV") or ROOT / ".venv")
    python = python_in(folder)
    waiting = [file for file in requirement_files if not is_ready(folder, file)]
    if not waiting and python.exists():
        return python
    install_system_libraries(missing_libraries())
    make_environment(folder)
    for file in requirement_files:
        if not is_ready(folder, file):
            install(python, file)
            stamp_of(folder, file).write_text(fingerprint(file), encoding="utf-8")
    return python


def python_in(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_of(folder: Path, requirements: Path) -> Path:
    """The file that tells that these requirements were installed completely."""
    return folder / f".installed-{requirements.stem}"


def fingerprint(requirements: Path) -> str:
    """Changes when the requirements, the Python version or the machine do."""
    facts = f"{platform.python_version()} {platform.machine()} {sys.platform}\n"
    content = requirements.read_text(encoding="utf-8")
    return hashlib.sha256((facts + content).encode()).hexdigest()


def is_ready(folder: Path, requirements: Path) -> bool:
    try:
        return stamp_of(folder, requirements).read_text("utf-8") == fingerprint(requirements)
    except OSError:
        return False


def make_environment(folder: Path) -> None:
    """Make the virtual environment, anew if it belongs to another Python.

    Raises:
        SetupError: Python was installed without ``ensurepip``, or the folder cannot be written.
    """
    if python_in(folder).exists() and environment_version(folder) == platform.python_version():
        return
    if importlib.util.find_spec("ensurepip") is None:
        install_debian_packages(
            [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"],
            "This Python cannot make virtual environments.",
        )
    print(f"Making {folder} …", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=os.name != "nt").create(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"The folder “{folder}” could not be made ({error}).",
            "Name another place: set the variable STUDIO_VENV to a folder that you may write.",
        ) from error


def environment_version(folder: Path) -> str:
    """The Python version that an environment was made with, from its configuration file."""
    try:
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    values = dict(line.partition(" = ")[::2] for line in lines)
    return values.get("version", "")


# --- System libraries ----------------------------------------------------------------------------


def missing_libraries() -> list[str]:
    """The Debian packages of libraries that Qt would not find here; empty except on Linux."""
    if not sys.platform.startswith("linux"):
        return []
    return sorted({package for name, package in SYSTEM_LIBRARIES.items() if not can_load(name)})


def can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_libraries(packages: Sequence[str]) -> None:
    if packages:
        install_debian_packages(packages, "Qt needs system libraries that are not installed.")


def install_debian_packages(packages: Sequence[str], reason: str) -> None:
    """Install with apt-get where that is possible.

    Raises:
        SetupError: not root, no Debian, or apt-get failed; with the exact command.
    """
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        raise SetupError(
            reason, f"Install what your system calls these Debian packages: {' '.join(packages)}"
        )
    if os.geteuid() != 0:
        raise SetupError(reason, f"Run this, then start again:\n  sudo {' '.join(command)}")
    print(f"Installing system packages: {' '.join(packages)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-q"], command):
        result = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            tail = "\n".join((result.stdout + result.stderr).splitlines()[-8:])
            raise SetupError(f"“{' '.join(step)}” failed.", tail)


# --- Packages ------------------------------------------------------------------------------------


def install(python: Path, requirements: Path) -> None:
    """Install the pinned packages one by one, so that it can be said which one of how many.

    pip's own configuration (index, certificates, proxy) is simply inherited.

    Raises:
        SetupError: pip failed; with its last lines.
    """
    lines = (line.strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    packages = [line for line in lines if line and not line.startswith("#")]
    start = time.monotonic()
    for number, package in enumerate(packages, start=1):
        progress = Progress(f"Installing {number} of {len(packages)}: {package}", start)
        try:
            run_pip(python, package, requirements, progress)
        finally:
            progress.close()


def run_pip(python: Path, package: str, requirements: Path, progress: Progress) -> None:
    """`requirements` constrains what comes along with `package` to the pinned versions."""
    command = [str(python), "-m", "pip", "install", package, "--constraint", str(requirements)]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            while not is_finished(process):
                progress.show()
        finally:
            process.kill()
            process.wait()
        output.seek(0)
        if process.returncode != 0:
            tail = "\n".join(f"  {line}" for line in output.read().splitlines()[-8:])
            raise SetupError(
                f"“{package}” could not be installed.",
                f"Check the network and the free disk space, then start again. pip said:\n{tail}",
            )


def is_finished(process: subprocess.Popen[bytes]) -> bool:
    """Wait up to a second."""
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return False
    return True


class Progress:
    """One line that is rewritten in a terminal, and written once into a log."""

    def __init__(self, text: str, start: float) -> None:
        self._text = text
        self._start = start
        self._live = sys.stdout.isatty()
        self._print()

    def show(self) -> None:
        if self._live:
            self._print()

    def close(self) -> None:
        if self._live:
            print(flush=True)

    def _print(self) -> None:
        seconds = int(time.monotonic() - self._start)
        line = f"{self._text} · {seconds // 60}:{seconds % 60:02} min"
        print(f"\r{line:<78}" if self._live else line, end="" if self._live else "\n", flush=True)


# --- What it was set up for ----------------------------------------------------------------------


def open_window(python: Path, arguments: Sequence[str]) -> int:
    return run([str(python), "-m", "studio", *arguments])


def run_checks(python: Path, pytest_arguments: Sequence[str]) -> int:
    """All checks, also after one has failed; pytest last. Returns the first failure's status.

    A test that fails and passes when it is run again is listed as a rerun, and is to be repaired.
    """
    module = [str(python), "-m"]
    checks = [
        [*module, "ruff", "check", "."],
        [*module, "ruff", "format", "--check", "."],
        [*module, "mypy"],
        [str(python.parent / "lint-imports")],
        [*module, "pytest", "--reruns=1", *pytest_arguments],
    ]
    if "--onscreen" not in pytest_arguments:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.chdir(ROOT)
    statuses = []
    for command in checks:
        print(f"\n> {' '.join([Path(command[0]).name, *command[1:]])}", flush=True)
        statuses.append(run(command))
    return next((status for status in statuses if status), 0)


def run(command: Sequence[str]) -> int:
    """Run with the checkout on Python's path; Ctrl-C is for the program, which ends as it likes."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
