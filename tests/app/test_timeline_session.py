"""The timeline's film: made in the background, and written frame by frame as it was shown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from pytestqt.qtbot import QtBot

from studio.app.qimage import pixels8_of_qimage
from studio.app.studio import Studio
from studio.app.timeline_session import FORMATS, TimelineSession
from studio.core.image import to_pixels8
from studio.core.latent import LatentPoint
from studio.core.timeline import KeyFrame, Timeline
from tests.support.studios import open_model
from tests.support.waiting import wait_for, wait_until_calm

FPS = 10


@pytest.fixture
def session(studio: Studio, qtbot: QtBot) -> TimelineSession:
    open_model(studio, qtbot)
    keys = tuple(KeyFrame(LatentPoint.of_seed(seed, 0.8), 0.4) for seed in (1, 2, 3))
    studio.timeline.change("Film", Timeline(keys, fps=FPS))
    return studio.timeline


def made(studio: Studio) -> list[np.ndarray]:
    """What the model makes of every frame, ``uint8``."""
    card = studio.latent.card
    assert card is not None
    generator = studio.host.get().load(card.path)
    frames = studio.timeline.timeline.frames(generator.vectors)
    return [to_pixels8(image) for image in generator.sample(frames)]


def test_the_film_is_made_and_follows_what_changes(
    studio: Studio, session: TimelineSession, qtbot: QtBot
) -> None:
    session.follow()
    wait_until_calm(qtbot, studio)
    assert len(session.film) == session.timeline.frame_count == 12
    for picture, pixels in zip(session.film, made(studio), strict=True):
        assert picture is not None
        assert np.array_equal(pixels8_of_qimage(picture)[..., :3], pixels)
    before = session.film[6]
    session.change("Longer", session.timeline.lasting(2.4))
    session.follow()
    assert session.film[12] is before, "the old pictures stand in"
    wait_until_calm(qtbot, studio)
    assert len(session.film) == 24
    assert session.film[12] is not before
    studio.documents.undo_stack.undo()
    assert session.timeline.frame_count == 12


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_has_every_frame_exactly(
    studio: Studio, session: TimelineSession, qtbot: QtBot, tmp_path: Path, form: str
) -> None:
    suffix = {"gif": ".gif", "webp": ".webp"}.get(form, ".png")
    target = tmp_path / f"film{suffix}"
    with qtbot.waitSignal(session.exported):
        session.export(target, form)
        assert session.is_exporting
    wait_for(qtbot, lambda: not session.is_exporting)
    assert session.written == 12
    written, wanted = _frames_of(target, form), made(studio)
    assert len(written) == len(wanted)
    tolerance = 8.0 if form == "gif" else 0.0  # 256 colors
    for one, other in zip(written, wanted, strict=True):
        assert np.abs(one.astype(float) - other).mean() <= tolerance
    steps = [np.abs(wanted[i].astype(float) - wanted[i - 1]).mean() for i in range(12)]
    assert steps[0] <= max(steps[1:]), "the last frame neighbors the first"


def _frames_of(target: Path, form: str) -> list[np.ndarray]:
    if form == "sequence":
        files = sorted(target.parent.glob("film_*.png"))
        return [np.asarray(Pillow.open(file).convert("RGB")) for file in files]
    with Pillow.open(target) as picture:
        if form == "sheet":
            whole = np.asarray(picture.convert("RGB"))
            index = json.loads(target.with_suffix(".json").read_text())
            assert index["meta"]["frameRate"] == FPS
            places = [item["frame"] for item in index["frames"]]
            return [whole[p["y"] : p["y"] + p["h"], p["x"] : p["x"] + p["w"]] for p in places]
        frames = []
        for number in range(picture.n_frames):
            picture.seek(number)
            frames.append(np.asarray(picture.convert("RGB")))
        return frames


def test_a_stopped_export_leaves_nothing(
    studio: Studio, session: TimelineSession, qtbot: QtBot, tmp_path: Path
) -> None:
    session.change("Long", replace(session.timeline.lasting(100.0)))
    session.export(tmp_path / "film.png", "png")
    session.cancel_export()
    wait_for(qtbot, lambda: not session.is_exporting)
    assert list(tmp_path.glob("film*")) == []
