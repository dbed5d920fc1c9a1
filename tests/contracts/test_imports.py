"""Who may import whom, proved: the contracts hold here, and each goes red when it is broken.

And what must not be imported at all before the first paint.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = [contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]]

# One forbidden import for each contract: the file that gets it, and the line.
VIOLATIONS = {
    "one-way layers": ("core/image.py", "import studio.codec"),
    "headless packages never import Qt": ("core/image.py", "import PySide6"),
    "nothing the window needs can reach torch": ("app/notifications.py", "import torch"),
    "the window sees sessions and values only": ("ui/theme.py", "import studio.codec"),
    "families, operations and panels do not know one another": (
        "edits/ops/gamma.py",
        "import studio.edits.ops.levels",
    ),
}

# Seconds to import, or megabytes: none of these may be needed to show the window.
HEAVY = ("torch", "torchvision", "scipy", "skimage.", "matplotlib", "safetensors")

# What `import skimage` loads by itself; its real submodules come when they are first used.
LIGHT = ("skimage._shared.",)


def verdicts(folder: Path) -> dict[str, str]:
    """What import-linter says of each contract: ``KEPT`` or ``BROKEN``."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", result.stdout, re.MULTILINE))
    assert found, result.stdout + result.stderr
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package and its configuration, to spoil."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "studio", tmp_path / "studio", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_hold():
    assert verdicts(ROOT) == dict.fromkeys(CONTRACTS, "KEPT")


def test_every_contract_has_its_violation():
    assert set(VIOLATIONS) == set(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_contract_can_go_red(tree, contract):
    name, line = VIOLATIONS[contract]
    file = tree / "studio" / name
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\n{line}\n", encoding="utf-8")
    assert verdicts(tree)[contract] == "BROKEN"


TELL = "import sys; print('MODULES', *sys.modules)"


def imported_by(code: str, tmp_path: Path) -> set[str]:
    """All modules that a fresh interpreter has loaded when `code` comes to `TELL`."""
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "STUDIO_DATA_DIR": str(tmp_path),
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    told = next(line for line in result.stdout.splitlines() if line.startswith("MODULES"))
    return set(told.split()[1:])


def heavy(modules: set[str]) -> list[str]:
    return sorted(
        name
        for name in modules
        if f"{name}.".startswith(HEAVY) and not f"{name}.".startswith(LIGHT) and name != "skimage"
    )


def test_the_window_is_imported_without_heavy_modules(tmp_path):
    modules = imported_by(f"import studio.ui.main; {TELL}", tmp_path)
    assert "PySide6.QtWidgets" in modules
    assert heavy(modules) == []


def test_first_paint_needs_no_heavy_modules(tmp_path):
    code = f"""
from studio.app.settings import SettingsSession
from studio.app.studio import Studio
from studio.ui import main as start, theme
from studio.ui.main_window import MainWindow

app = start.make_application()
theme.apply(app)
studio = Studio()
window = MainWindow(studio, SettingsSession())
painted = []
window.painted.connect(lambda: painted.append(True))
window.show()
while not painted:
    app.processEvents()
{TELL}
window.close()
studio.close()
"""
    modules = imported_by(code, tmp_path)
    assert "studio.ui.main_window" in modules
    assert heavy(modules) == []


def test_the_command_line_starts_light(tmp_path):
    modules = imported_by(f"import studio.__main__, studio.cli; {TELL}", tmp_path)
    assert "PySide6" not in modules
    assert heavy(modules) == []


@pytest.mark.parametrize("package", ["core", "codec", "edits", "project", "app", "ui"])
def test_importing_a_package_does_nothing_visible(tmp_path, package):
    before = set(tmp_path.rglob("*"))
    imported_by(f"import studio.{package}; {TELL}", tmp_path)
    assert set(tmp_path.rglob("*")) == before
