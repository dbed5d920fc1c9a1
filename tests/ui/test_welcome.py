"""The welcome screen: every way to begin."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app import model_shelf
from studio.app.notifications import Notification
from studio.app.studio import Studio
from studio.project.lock import ProjectLock
from studio.project.recent import recent_projects
from studio.ui import welcome
from studio.ui.welcome import Welcome, spoken_date
from studio.ui.widgets.picture_card import CARD, PictureCard
from tests.support.waiting import wait_for

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def screen(studio: Studio, qtbot: QtBot) -> Welcome:
    screen = Welcome(studio)
    qtbot.addWidget(screen)
    screen.resize(1000, 700)
    screen.show()
    qtbot.waitUntil(lambda: bool(screen.samples.cards.findChildren(PictureCard)))
    return screen


def cards(group: object) -> dict[str, PictureCard]:
    assert isinstance(group, welcome._Group)
    return {card.text(): card for card in group.cards.cards}


def make_project(studio: Studio, name: str, thumbnail: bool) -> Path:
    studio.project.create(name)
    folder = studio.project.folder
    assert folder is not None
    if thumbnail:
        PillowImage.new("RGB", (40, 30), "red").save(folder / "thumbnail.png")
    studio.project.close()
    return folder


def test_nothing_is_read_before_it_is_shown(studio: Studio, qtbot: QtBot) -> None:
    screen = Welcome(studio)
    qtbot.addWidget(screen)
    assert not studio.lanes["io"].busy
    assert not cards(screen.samples)


def test_samples_are_offered_with_their_pictures(screen: Welcome, qtbot: QtBot) -> None:
    card = cards(screen.samples)["Canada geese"]
    qtbot.waitUntil(lambda: card.image_count == 12)
    assert not screen.recent.isVisible()


def test_tab_goes_from_button_to_button_to_the_cards(screen: Welcome, qtbot: QtBot) -> None:
    screen.activateWindow()
    screen.setFocus()
    qtbot.waitUntil(screen.hasFocus)
    first_card = screen.samples.cards.cards[0]
    order = [screen.new, screen.new_canvas, screen.open_picture, screen.open_other, first_card]
    for expected in order:
        qtbot.keyClick(screen.focusWidget() or screen, Qt.Key.Key_Tab)
        assert screen.window().focusWidget() is expected


def test_a_sample_becomes_a_project(screen: Welcome, studio: Studio, qtbot: QtBot) -> None:
    suggested: list[str] = []
    studio.training.recipe_suggested.connect(suggested.append)
    qtbot.mouseClick(cards(screen.samples)["Canada geese"], LEFT)
    assert studio.project.name == "Canada geese"
    assert suggested == ["quick-vae"]
    assert studio.dataset.busy
    studio.dataset.cancel()


def test_recent_projects_open(screen: Welcome, studio: Studio, qtbot: QtBot) -> None:
    make_project(studio, "Otters", thumbnail=False)
    folder = make_project(studio, "Geese", thumbnail=True)
    screen.refresh()
    qtbot.waitUntil(lambda: set(cards(screen.recent)) == {"Geese", "Otters"})
    geese = cards(screen.recent)["Geese"]
    qtbot.waitUntil(lambda: geese.image_count == 1)
    qtbot.mouseClick(geese, LEFT)
    qtbot.waitUntil(lambda: studio.project.folder == folder)


def test_a_project_with_nothing_on_its_canvas_shows_what_it_learns_from(
    screen: Welcome, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    studio.new_project((picture_folder,))
    qtbot.waitUntil(lambda: studio.dataset.info is not None)
    project = studio.project.project
    assert project is not None
    with qtbot.waitSignal(studio.project.saved):
        studio.project.save()
    assert not project.has_thumbnail
    studio.project.close()
    screen.refresh()
    qtbot.waitUntil(lambda: bool(cards(screen.recent)))
    card = cards(screen.recent)[picture_folder.name]
    qtbot.waitUntil(lambda: card.image_count > 1)


def test_a_project_that_is_put_away_is_not_offered_any_more(
    screen: Welcome, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(studio, "Geese", thumbnail=False)
    screen.refresh()
    qtbot.waitUntil(lambda: set(cards(screen.recent)) == {"Geese"})
    put_away = screen.menu_of(recent_projects()[0]).actions()[-1]
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    monkeypatch.setattr(model_shelf, "move_to_trash", lambda _folder: None)  # there is no trash
    put_away.trigger()
    qtbot.waitUntil(lambda: bool(told))
    assert folder.exists()
    assert str(folder.parent) in told[0].hint
    monkeypatch.setattr(model_shelf, "move_to_trash", shutil.rmtree)
    put_away.trigger()
    qtbot.waitUntil(lambda: not cards(screen.recent))
    assert not folder.exists()


def test_a_project_that_is_open_elsewhere_is_not_put_away(
    screen: Welcome, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(studio, "Geese", thumbnail=False)
    lock = ProjectLock(folder)
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    monkeypatch.setattr(model_shelf, "move_to_trash", shutil.rmtree)
    screen.menu_of(recent_projects()[0]).actions()[-1].trigger()
    qtbot.waitUntil(lambda: bool(told))
    assert "another window" in told[0].message
    assert folder.exists()
    lock.release()


def test_cards_stand_in_as_many_columns_as_fit(
    screen: Welcome, studio: Studio, qtbot: QtBot
) -> None:
    for name in ("A", "B", "C", "D"):
        make_project(studio, name, thumbnail=False)
    screen.refresh()
    qtbot.waitUntil(lambda: len(cards(screen.recent)) == 4)

    def columns() -> int:
        screen.recent.cards.layout().activate()
        return len({card.x() for card in screen.recent.cards.cards})

    qtbot.waitUntil(lambda: columns() == 4)
    screen.resize(CARD.width() * 2 + 120, 700)
    qtbot.waitUntil(lambda: columns() == 2)


def test_images_that_were_asked_for_begin_a_project(
    screen: Welcome,
    studio: Studio,
    qtbot: QtBot,
    picture_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(welcome.files, "ask_images", lambda _parent: (picture_folder,))
    qtbot.mouseClick(screen.new, LEFT)
    wait_for(qtbot, lambda: studio.project.name == picture_folder.name)
    studio.dataset.cancel()


def test_a_disk_that_refuses_is_told(
    screen: Welcome,
    studio: Studio,
    qtbot: QtBot,
    picture_folder: Path,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    data_dir.mkdir(exist_ok=True)
    (data_dir / "projects").write_text("a file where the folder should be")
    monkeypatch.setattr(welcome.files, "ask_images", lambda _parent: (picture_folder,))
    qtbot.mouseClick(screen.new, LEFT)
    wait_for(qtbot, lambda: told)
    assert [note.tone for note in told] == ["bad"]
    assert studio.project.project is None


def test_dates_are_spoken() -> None:
    now = datetime.now(tz=UTC).astimezone()
    noon = now.replace(hour=12, minute=5)
    assert spoken_date(noon.timestamp()) == "today 12:05"
    assert spoken_date((noon - timedelta(days=1)).timestamp()) == "yesterday"
    assert spoken_date(datetime(2024, 5, 3, 12, tzinfo=UTC).timestamp()) == "3 May 2024"
