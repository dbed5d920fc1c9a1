"""The launcher, without installing anything: every branch that a fresh machine may take."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from studio.cli.verb import VERBS

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = ROOT / "packaging" / "launch.py"


@pytest.fixture
def launch():
    spec = importlib.util.spec_from_file_location("launch", LAUNCH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def home(launch, tmp_path, monkeypatch):
    """An environment's folder, and a machine on which nothing is missing."""
    folder = tmp_path / "venv"
    monkeypatch.setenv("STUDIO_VENV", str(folder))
    monkeypatch.setattr(launch, "missing_libraries", list)
    return folder


@pytest.fixture
def calls(launch, home, monkeypatch):
    """Records what would be installed; making an environment only makes its Python's place."""
    done = []

    def make(folder):
        done.append("venv")
        launch.python_in(folder).parent.mkdir(parents=True, exist_ok=True)
        launch.python_in(folder).touch()

    monkeypatch.setattr(launch, "make_environment", make)
    monkeypatch.setattr(launch, "install", lambda python, file: done.append(file.stem))
    return done


def test_help_installs_nothing(launch, calls, capsys):
    assert launch.main(["--help"]) == 0
    assert calls == []
    assert "python packaging/launch.py test" in capsys.readouterr().out


def test_a_word_that_nobody_knows_installs_nothing(launch, calls, capsys):
    assert launch.main(["nonsense"]) == 2
    assert calls == []
    told = capsys.readouterr().err
    assert "“nonsense”" in told
    assert set(launch.verbs()) == {verb.id for verb in VERBS}
    assert all(verb.id in told for verb in VERBS)


@pytest.mark.parametrize("first", ["test", "info", "--version", str(ROOT)])
def test_commands_options_and_folders_go_on(launch, first):
    assert launch.is_known(first)


def test_needs_only_the_standard_library():
    tree = ast.parse(LAUNCH.read_text(encoding="utf-8"))
    names = [
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    assert set(names) <= set(sys.stdlib_module_names) | {"__future__"}


def test_an_old_python_can_still_read_it():
    """So that it can say that it is too old."""
    ast.parse(LAUNCH.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_second_run_starts_at_once(launch, calls):
    launch.set_up([launch.REQUIREMENTS])
    assert calls == ["venv", "requirements"]
    launch.set_up([launch.REQUIREMENTS])
    assert calls == ["venv", "requirements"]


def test_testing_adds_the_tools(launch, calls):
    launch.set_up([launch.REQUIREMENTS])
    launch.set_up([launch.REQUIREMENTS, launch.DEV_REQUIREMENTS])
    assert calls == ["venv", "requirements", "venv", "requirements-dev"]


def test_changed_requirements_are_installed(launch, calls, tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text("numpy==2.0")
    launch.set_up([file])
    file.write_text("numpy==2.1")
    launch.set_up([file])
    assert calls.count("requirements") == 2


def test_a_failed_installation_is_tried_again(launch, calls, monkeypatch):
    def fail(python, file):
        raise launch.SetupError("“torch” could not be installed.", "Check the network.")

    with monkeypatch.context() as patch:
        patch.setattr(launch, "install", fail)
        with pytest.raises(launch.SetupError, match="torch"):
            launch.set_up([launch.REQUIREMENTS])
    launch.set_up([launch.REQUIREMENTS])
    assert calls[-1] == "requirements"


def test_an_old_python_is_told_so(launch, monkeypatch, capsys):
    monkeypatch.setattr(launch, "OLDEST_PYTHON", (99, 0))
    assert launch.main([]) == 1
    assert "is needed" in capsys.readouterr().err


def test_the_exact_command_is_printed_without_rights(launch, monkeypatch):
    monkeypatch.setattr(launch.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(launch.os, "geteuid", lambda: 1000, raising=False)
    command = "sudo apt-get install -y --no-install-recommends libegl1 libgl1"
    with pytest.raises(launch.SetupError, match=re.escape(command)):
        launch.install_system_libraries(["libegl1", "libgl1"])


def test_other_systems_are_told_the_names(launch, monkeypatch):
    monkeypatch.setattr(launch.shutil, "which", lambda name: None)
    with pytest.raises(launch.SetupError, match="libegl1"):
        launch.install_system_libraries(["libegl1"])


def test_root_on_debian_installs(launch, monkeypatch):
    ran = []

    def run(command, **_options):
        ran.append(command[:2])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(launch.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(launch.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(launch.subprocess, "run", run)
    launch.install_system_libraries(["libegl1"])
    assert ran == [["apt-get", "update"], ["apt-get", "install"]]


def test_python_without_ensurepip_is_told_the_command(launch, monkeypatch, tmp_path):
    monkeypatch.setattr(launch.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(launch.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(launch.os, "geteuid", lambda: 1000, raising=False)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    with pytest.raises(launch.SetupError, match=re.escape(package)):
        launch.make_environment(tmp_path / "venv")


def test_only_linux_needs_system_libraries(launch, monkeypatch):
    monkeypatch.setattr(launch.sys, "platform", "darwin")
    assert launch.missing_libraries() == []
    monkeypatch.setattr(launch.sys, "platform", "linux")
    monkeypatch.setattr(launch, "can_load", lambda name: name != "libEGL.so.1")
    assert launch.missing_libraries() == ["libegl1"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a question of Linux")
def test_what_is_not_there_cannot_be_loaded(launch):
    assert launch.can_load("libc.so.6")
    assert not launch.can_load("libno-such-thing.so.1")


def test_environment_of_another_python_is_made_anew(launch, tmp_path, monkeypatch):
    folder = tmp_path / "venv"
    launch.python_in(folder).parent.mkdir(parents=True)
    launch.python_in(folder).touch()
    made = []
    monkeypatch.setattr(launch.venv.EnvBuilder, "create", lambda self, where: made.append(where))
    (folder / "pyvenv.cfg").write_text(f"version = {launch.platform.python_version()}\n")
    launch.make_environment(folder)
    assert made == []
    (folder / "pyvenv.cfg").write_text("version = 3.11.0rc1\n")
    launch.make_environment(folder)
    assert made == [folder]


def test_pip_failure_is_one_sentence_and_its_last_lines(launch, tmp_path, capsys):
    pip = tmp_path / "python"
    pip.write_text(f"#!{sys.executable}\nprint('first'); print('no space left'); exit(1)\n")
    pip.chmod(0o755)
    if os.name == "nt":
        pytest.skip("needs a script that can be run by its first line")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# comment\n\nnumpy==2.0\ntorch==2.0\n")
    with pytest.raises(launch.SetupError, match=r"“numpy==2.0”[\s\S]*no space left"):
        launch.install(pip, requirements)
    assert "Installing 1 of 2: numpy==2.0" in capsys.readouterr().out


def test_checks_go_on_after_a_failure_and_pytest_is_last(launch, monkeypatch):
    ran = []
    statuses = iter([0, 3, 0, 0, 1])
    monkeypatch.setattr(launch, "run", lambda command: (ran.append(command), next(statuses))[1])
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert launch.run_checks(Path("/venv/bin/python"), ["-k", "x"]) == 3
    assert len(ran) == 5
    assert ran[-1][-4:] == ["pytest", "--reruns=1", "-k", "x"]


def test_requirements_are_pinned_and_complete():
    text = "".join((ROOT / "packaging" / f"requirements{s}.txt").read_text() for s in ("", "-dev"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9-]+==[0-9.]+", line) for line in lines)
    assert "http" not in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    wanted = {re.match(r"[A-Za-z0-9-]+", item)[0].lower() for item in declared}
    assert wanted <= {line.split("==")[0].lower() for line in lines}


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_ci_entry_is_executable_and_parses():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
