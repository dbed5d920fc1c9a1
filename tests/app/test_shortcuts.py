"""Keys of commands: a person's own win, no key means two things, everything can be reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from studio.app.actions import ActionTable
from studio.app.settings import FILE, SettingsSession
from studio.app.shortcuts import Shortcuts, legal_keys
from studio.ui.canvas.tool_list import TOOLS
from studio.ui.panel import PANELS


@pytest.fixture(scope="module")
def table() -> ActionTable:
    return ActionTable(PANELS, TOOLS)


@pytest.fixture
def shortcuts(table: ActionTable, qtbot: QtBot) -> Shortcuts:
    return Shortcuts(table, SettingsSession())


def twice(shortcuts: Shortcuts) -> list[str]:
    keys = [key for row in shortcuts.table for key in shortcuts.keys(row.id)]
    return sorted({key for key in keys if keys.count(key) > 1})


def test_every_tool_has_a_key(table: ActionTable) -> None:
    assert [tool.id for tool in TOOLS if not table[f"tool.{tool.id}"].shortcuts] == []


def test_the_palette_has_a_key_and_every_command_is_in_it(table: ActionTable) -> None:
    assert table["help.palette"].shortcuts
    assert all(row.title for row in table)  # what the palette finds them by


def test_a_key_given_away_is_taken_from_its_owner(shortcuts: Shortcuts, table: ActionTable) -> None:
    owner = shortcuts.owner("Ctrl+K")
    assert owner is not None
    assert owner.id == "help.palette"
    shortcuts.set_keys("file.save", ("ctrl+k", "F5", "no key"))
    assert shortcuts.keys("file.save") == ("Ctrl+K", "F5")
    assert "Ctrl+K" not in shortcuts.keys("help.palette")
    assert shortcuts.is_changed("help.palette")
    assert Shortcuts(table, SettingsSession()).keys("file.save") == ("Ctrl+K", "F5")


def test_reset_brings_keys_back_from_whoever_has_them(shortcuts: Shortcuts) -> None:
    shortcuts.set_keys("file.save", ("Ctrl+K",))
    shortcuts.reset("help.palette")
    assert shortcuts.keys("help.palette")[0] == "Ctrl+K"
    assert shortcuts.keys("file.save") == ()
    shortcuts.reset_all()
    assert shortcuts.keys("file.save") == ("Ctrl+S",)
    assert not any(shortcuts.is_changed(row.id) for row in shortcuts.table)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_no_key_ever_means_two_things(shortcuts: Shortcuts, data: st.DataObject) -> None:
    shortcuts.reset_all()
    ids = st.sampled_from([row.id for row in shortcuts.table])
    keys = st.sampled_from(["Ctrl+E", "Ctrl+S", "B", "F5", "Shift+L", "Ctrl+K"])
    for _step in range(data.draw(st.integers(1, 5))):
        if data.draw(st.booleans()):
            shortcuts.set_keys(data.draw(ids), data.draw(st.lists(keys, max_size=2)))
        else:
            shortcuts.reset(data.draw(ids))
        assert twice(shortcuts) == []


def test_nonsense_in_the_settings_is_passed_over(
    table: ActionTable, qtbot: QtBot, data_dir: Path
) -> None:
    data_dir.mkdir(parents=True)
    kept = {"file.save": ["Ctrl+Nonsense", 7, "F6"], "no.command": ["F7"], "file.quit": "Q"}
    (data_dir / FILE.name).write_text(json.dumps({"shortcuts": kept}))
    shortcuts = Shortcuts(table, SettingsSession())
    assert shortcuts.keys("file.save") == ("F6",)
    assert shortcuts.keys("file.quit") == legal_keys(table["file.quit"].shortcuts)
