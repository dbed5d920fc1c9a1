"""Timeline: key frames or a circle through latent space, played here and exported as a film."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.app.timeline_session import FORMATS
from studio.core.timeline import EASINGS, Orbit, Timeline
from studio.ui.dialogs.files import ask_animation
from studio.ui.explorer.point import point_menu
from studio.ui.panel import PanelInfo
from studio.ui.timeline.film_view import FilmView
from studio.ui.timeline.key_track import KeyTrack
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import CalmComboBox
from studio.ui.widgets.progress_line import ProgressLine

MARGIN = 14
_SUFFIXES = {"webp": ".webp", "gif": ".gif", "mp4": ".mp4"}  # the others are PNG files
_EASING_NAMES = {
    "smooth": "Smooth",
    "linear": "Even",
    "in": "Speed up",
    "out": "Slow down",
    "hold": "Hold, then jump",
}
_WAYS = {
    ("straight", "w"): "Straight",
    ("round", "w"): "Round in W",
    ("straight", "z"): "Straight in Z",
    ("round", "z"): "Round in Z",
}
_WAYS_OF_ONE_SPACE = {("straight", "w"): "Straight", ("round", "z"): "Round"}
_WRITING_MS = 120
_PLAY, _EXPORT = ("play", "Play (Space)"), ("export", "Export the film")
_TOO_FEW = "Add two key frames first."


class TimelinePanel(QStackedWidget):
    """Either the timeline, or what to do to get a model. GUI thread."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._latent = studio.latent
        self.editor = _Editor(studio)
        self.empty = EmptyState(
            "timeline", "Nothing to animate yet", "Open a model in the explorer first."
        )
        self.addWidget(self.empty)
        self.addWidget(self.editor)
        studio.latent.model_changed.connect(self._choose)
        self._choose()

    def _choose(self) -> None:
        self.setCurrentIndex(int(self._latent.card is not None))


class _Editor(QWidget):
    """The film, its key frames, and what can be set."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._latent = studio.latent
        self._session = studio.timeline
        self._project = studio.project
        self._sheet = studio.latent.pictures.new_sheet()
        self._writing = QTimer(self, interval=_WRITING_MS)
        self._make_controls()
        self._lay_out()
        self._connect()
        self._show_export()

    @property
    def _timeline(self) -> Timeline:
        return self._session.timeline

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.play.isEnabled():
            self.film.play()
        else:
            super().keyPressEvent(event)

    def _make_controls(self) -> None:
        self.film = FilmView()
        self.film.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Space plays
        self.track = KeyTrack()
        self.play = IconButton(*_PLAY)
        self.add = IconButton("add", "Add the picture in view as a key frame")
        self.loop = IconButton("loop", "Closed loop: go on from the last picture to the first")
        self.loop.setCheckable(True)
        self.circle = IconButton("circle", "Circle: a loop of noise around the picture in view")
        self.circle.setCheckable(True)
        self.dice = IconButton("dice", "Another circle")
        self.export = IconButton(*_EXPORT)
        self.place = QLabel()
        self.place.setProperty("role", "secondary")
        self.seconds = NumberField(NumberRange(0.1, 120.0, 0.1, "s"), 1.0)
        self.seconds.setToolTip("Seconds of the whole film")
        self.fps = NumberField(NumberRange(1, 60, 1, "fps"), 24)
        self.fps.setToolTip("Frames a second")
        self.easing = CalmComboBox()
        self.easing.setToolTip("How the chosen key frame becomes the next")
        for easing in EASINGS:
            self.easing.addItem(_EASING_NAMES[easing], easing)
        self.way = CalmComboBox()
        self.way.setToolTip("The way between pictures: straight, or on an arc about the origin")
        for combo in (self.easing, self.way):
            combo.setMinimumWidth(64)  # long names give way
        self.radius = LabeledSlider(
            "Radius", NumberRange(0.02, 1.0, 0.01), 0.4, tip="How far the circle goes"
        )
        self.progress = ProgressLine()

    def _lay_out(self) -> None:
        transport = _row(self.play, self.place)
        transport.addStretch(1)
        for button in (self.add, self.loop, self.circle, self.dice, self.export):
            transport.addWidget(button)
        numbers = _row(self.seconds, self.fps)
        numbers.addWidget(self.easing, 1)
        numbers.addWidget(self.way, 1)
        numbers.addStretch(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 8, MARGIN, 12)
        column.setSpacing(8)
        column.addWidget(self.film, 1)
        column.addWidget(self.progress)
        column.addLayout(transport)
        column.addWidget(self.track)
        column.addWidget(self.radius)
        column.addLayout(numbers)

    def _connect(self) -> None:
        session, latent, track = self._session, self._latent, self.track
        self.play.clicked.connect(self.film.play)
        self.film.playing_changed.connect(self._show_playing)
        self.film.frame_changed.connect(lambda _frame: self._show_place())
        self.add.clicked.connect(lambda: session.add_key(latent.state.point))
        self.loop.clicked.connect(
            lambda on: session.change("Closed loop", replace(self._timeline, loop=on))
        )
        self.circle.clicked.connect(self._turn_circle)
        self.dice.clicked.connect(lambda: session.circle(latent.random_seed()))
        self.export.clicked.connect(self._ask_export)
        for field, change in (
            (self.seconds, self._set_seconds),
            (self.fps, self._set_fps),
            (self.radius, self._set_radius),
        ):
            field.changed.connect(change)
            field.committed.connect(lambda _value: session.end_gesture())
        self.easing.activated.connect(self._set_easing)
        self.way.activated.connect(self._set_way)
        track.scrubbed.connect(lambda time: self.film.go_to(round(time * self._timeline.fps)))
        track.key_picked.connect(self._look_at_key)
        track.key_moved.connect(self._move_key)
        track.released.connect(session.end_gesture)
        track.key_removed.connect(session.remove_key)
        track.dropped.connect(session.add_key)
        track.menu_requested.connect(self._show_key_menu)
        self._sheet.changed.connect(lambda: track.set_pictures(self._sheet.pictures))
        session.film_changed.connect(self._show_film)
        session.exporting_changed.connect(self._show_export)
        self._writing.timeout.connect(self._show_written)
        latent.state_changed.connect(self._follow)
        latent.model_changed.connect(self._follow)

    # --- What is shown ---

    def _follow(self) -> None:
        """Nothing is rendered for a panel that is not in view."""
        card, timeline = self._latent.card, self._timeline
        if not self.isVisible() or card is None:
            return
        self._session.follow()
        self._sheet.show(card.path, [key.point for key in timeline.keys])
        self.track.set_timeline(timeline)
        self._show_values(timeline)

    def _show_values(self, timeline: Timeline) -> None:
        circle = timeline.orbit is not None
        self.circle.setChecked(circle)
        self.loop.setChecked(timeline.closed)
        hold_back(self.loop, "A circle is always closed." if circle else "")
        self.dice.setVisible(circle)
        self.radius.setVisible(circle)
        self.easing.setVisible(not circle)
        self.way.setVisible(not circle)
        self.seconds.set_value(timeline.seconds)
        self.seconds.setEnabled(timeline.seconds > 0)
        self.fps.set_value(timeline.fps)
        if timeline.orbit is not None:
            self.radius.set_value(timeline.orbit.radius)
        if timeline.keys:
            easing = timeline.keys[max(0, self.track.chosen())].easing
            self.easing.setCurrentIndex(self.easing.findData(easing))
        hold_back(self.easing, "" if len(timeline.keys) > 1 else _TOO_FEW)
        self._show_ways(timeline)
        hold_back(self.play, "" if timeline.frame_count > 1 else _TOO_FEW)
        hold_back(self.export, "" if timeline.frame_count > 0 else "Add a key frame first.")

    def _show_ways(self, timeline: Timeline) -> None:
        card = self._latent.card
        ways = _WAYS if card is not None and card.has_mapping else _WAYS_OF_ONE_SPACE
        if self.way.count() != len(ways):
            self.way.clear()
            for way, name in ways.items():
                self.way.addItem(name, way)
        chosen = (timeline.way, timeline.space)
        self.way.setCurrentIndex(max(0, [*ways].index(chosen) if chosen in ways else 0))
        hold_back(self.way, "" if len(timeline.keys) > 1 else _TOO_FEW)

    def _show_film(self) -> None:
        self.film.set_film(self._session.film, self._timeline.fps)
        self._show_place()

    def _show_place(self) -> None:
        timeline, frame = self._timeline, self.film.frame_shown()
        self.track.set_time(frame / timeline.fps)
        count = timeline.frame_count
        self.place.setText(f"{frame + 1} / {count}" if count else "")

    def _show_playing(self, playing: bool) -> None:
        self.play.show_as(*(("pause", "Pause (Space)") if playing else _PLAY))

    def _show_export(self) -> None:
        writes = self._session.is_exporting
        self.progress.setVisible(writes)
        self.export.show_as(*(("stop", "Stop the export") if writes else _EXPORT))
        if writes:
            self._writing.start()
        else:
            self._writing.stop()

    def _show_written(self) -> None:
        self.progress.set_fraction(self._session.written / max(1, self._timeline.frame_count))

    # --- Intents ---

    def _turn_circle(self, on: bool) -> None:
        if on:
            self._session.circle()
        else:
            self._session.change("Key frames", replace(self._timeline, orbit=None))

    def _set_seconds(self, seconds: float) -> None:
        self._session.change("Length of the film", self._timeline.lasting(seconds), "seconds")

    def _set_fps(self, fps: float) -> None:
        self._session.change("Frames a second", replace(self._timeline, fps=int(fps)), "fps")

    def _set_radius(self, radius: float) -> None:
        orbit = self._timeline.orbit
        if isinstance(orbit, Orbit):
            wider = replace(self._timeline, orbit=replace(orbit, radius=radius))
            self._session.change("Radius of the circle", wider, "radius")

    def _set_easing(self, place: int) -> None:
        key = max(0, self.track.chosen())
        changed = self._timeline.with_changed(key, easing=self.easing.itemData(place))
        self._session.change("Easing", changed)

    def _set_way(self, place: int) -> None:
        way, space = self.way.itemData(place)
        self._session.change("Way of the film", replace(self._timeline, way=way, space=space))

    def _look_at_key(self, key: int) -> None:
        self._latent.pick(self._timeline.keys[key].point)
        self.film.go_to(round(self._timeline.time_of(key) * self._timeline.fps))
        self._show_values(self._timeline)

    def _move_key(self, key: int, time: float) -> None:
        moved = self._timeline.with_key_at(key, time)
        self._session.change("Move key frame", moved, "key time")

    def _show_key_menu(self, key: int, position: QPoint) -> None:
        menu = point_menu(self._latent, self._timeline.keys[key].point, self)
        menu.addSeparator()
        take = menu.addAction("Take the picture in view here")
        take.triggered.connect(lambda: self._replace_key(key))
        remove = menu.addAction("Remove key frame")
        remove.triggered.connect(lambda: self._session.remove_key(key))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _replace_key(self, key: int) -> None:
        changed = self._timeline.with_changed(key, point=self._latent.state.point)
        self._session.change("Other key frame", changed)

    def _ask_export(self) -> None:
        if self._session.is_exporting:
            self._session.cancel_export()
            return
        menu = QMenu(self)
        for form, title in FORMATS.items():
            menu.addAction(f"{title}…").triggered.connect(partial(self._export_as, form, title))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.export.mapToGlobal(self.export.rect().bottomLeft()))

    def _export_as(self, form: str, title: str, _on: bool = False) -> None:
        name = self._project.name or "Film"
        target = ask_animation(self, title, name, _SUFFIXES.get(form, ".png"))
        if target is not None:
            self._session.export(target, form)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget)
    return row


PANEL = PanelInfo("timeline", "Timeline", "timeline", "right", 1, TimelinePanel)
