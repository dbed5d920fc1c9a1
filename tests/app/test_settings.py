"""Settings: kept, forgiving, and never in the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.settings import FILE, Settings, SettingsSession
from studio.errors import StudioError


def test_without_a_file_everything_is_the_default(qtbot: QtBot) -> None:
    assert SettingsSession().values == Settings()


def test_a_change_is_told_and_kept(qtbot: QtBot) -> None:
    session = SettingsSession()
    with qtbot.waitSignal(session.changed):
        session.change(theme="light", autosave_seconds=60)
    assert SettingsSession().values == Settings(theme="light", autosave_seconds=60)


def test_the_same_value_is_no_change(qtbot: QtBot, data_dir: Path) -> None:
    session = SettingsSession()
    with qtbot.assertNotEmitted(session.changed):
        session.change(theme="dark")
    assert not (data_dir / FILE.name).exists()


def test_an_illegal_value_is_refused(qtbot: QtBot) -> None:
    session = SettingsSession()
    with pytest.raises(StudioError, match="pink"):
        session.change(theme="pink")
    assert session.values == Settings()


def test_the_window_is_remembered_beside_the_settings(qtbot: QtBot) -> None:
    session = SettingsSession()
    session.keep_window(geometry="abc")
    session.change(theme="light")
    again = SettingsSession()
    assert again.window == {"geometry": "abc"}
    assert again.values.theme == "light"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"settings": 3, "window": 4}'])
def test_a_damaged_file_is_as_good_as_none(
    qtbot: QtBot, data_dir: Path, content: str, expect_log: Callable[[str], None]
) -> None:
    data_dir.mkdir(parents=True)
    (data_dir / FILE.name).write_text(content)
    if content in ("", "{"):
        expect_log("The settings could not be read")
    session = SettingsSession()
    assert session.values == Settings()
    assert session.window == {}


def test_one_bad_value_costs_only_itself(
    qtbot: QtBot, data_dir: Path, expect_log: Callable[[str], None]
) -> None:
    data_dir.mkdir(parents=True)
    settings = {"theme": "light", "autosave_seconds": -1, "unknown": True}
    (data_dir / FILE.name).write_text(json.dumps({"settings": settings}))
    expect_log("A setting could not be read")
    assert SettingsSession().values == Settings(theme="light")


def test_a_folder_that_cannot_be_written_costs_no_work(
    qtbot: QtBot, data_dir: Path, expect_log: Callable[[str], None]
) -> None:
    data_dir.write_text("a file where the folder should be")
    expect_log("The settings could not be kept")
    session = SettingsSession()
    session.change(theme="light")
    assert session.values.theme == "light"
