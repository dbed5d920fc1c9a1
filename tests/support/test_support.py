"""The helpers of the tests, tested: a guard that cannot fail guards nothing."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys

import numpy as np
import pytest

from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine.api import (
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    Engine,
    Finished,
    Generator,
    Sampled,
    TrainingRun,
)
from studio.errors import StudioError
from tests.support.dangling import QtWatch
from tests.support.fake_generator import make_model
from tests.support.fakes import FakeEngine
from tests.support.logs import LogGuard


def trained(engine, pictures, folder, **changes):
    spec = DatasetSpec((pictures,), size=32)
    list(engine.build_dataset(spec, folder / "data", RunControl()))
    run = TrainingRun(folder / "data", folder / "run", "vae", **changes)
    return list(engine.train(run, changes.get("control") or RunControl()))


def test_fake_engine_speaks_the_contract(fake_engine, picture_folder, tmp_path):
    engine: Engine = fake_engine
    events = list(
        engine.build_dataset(DatasetSpec((picture_folder,), 32), tmp_path / "d", RunControl())
    )
    assert [type(e) for e in events] == [DatasetProgress] * 12 + [DatasetReady]
    events = trained(fake_engine, picture_folder, tmp_path)
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "budget"
    sheets = [e for e in events if isinstance(e, Sampled)]
    assert len(sheets) >= 2
    generator: Generator = engine.load(events[-1].model)
    assert generator.card.dataset_name == "data"
    assert generator.sample([LatentPoint.of_seed(3)])[0].shape == (32, 32, 3)


def test_fake_pictures_follow_the_latent(tmp_path):
    generator = FakeEngine().load(make_model(tmp_path / "m.safetensors"))
    a, b, again = generator.sample([LatentPoint.of_seed(s) for s in (1, 2, 1)], size=16)
    assert np.array_equal(a, again)
    assert np.abs(a - b).max() > 0.1
    *_, last = generator.invert(np.full((8, 8, 3), 0.25, np.float32), RunControl())
    back = generator.sample([last.point])[0]
    assert np.allclose(back, 0.25, atol=1e-3)


def test_fake_training_stops_and_fails_on_request(picture_folder, tmp_path):
    control = RunControl()
    engine = FakeEngine(steps=100)
    list(engine.build_dataset(DatasetSpec((picture_folder,), 32), tmp_path / "d", control))
    events = engine.train(TrainingRun(tmp_path / "d", tmp_path / "r", "stylegan"), control)
    next(events)
    control.cancel()
    last = list(events)[-1]
    assert isinstance(last, Finished)
    assert last.reason == "stopped"
    failing = FakeEngine(fail={"train": StudioError("Out of memory.")})
    with pytest.raises(StudioError, match="memory"):
        trained(failing, picture_folder, tmp_path / "again")


def test_skips_what_is_no_picture(fake_engine, picture_folder, tmp_path):
    (picture_folder / "notes.txt").write_text("no picture")
    spec = DatasetSpec((picture_folder,), 32)
    ready = list(fake_engine.build_dataset(spec, tmp_path / "d", RunControl()))[-1]
    assert [item.reason for item in ready.info.skipped] == ["It is not a picture."]


def test_an_unexpected_warning_fails(expect_log):
    expect_log("loose cable")
    with LogGuard() as guard:
        logging.getLogger("studio.somewhere").warning("loose cable")
    with pytest.raises(AssertionError, match="loose cable"):
        guard.verify()


def test_an_announced_warning_must_come(expect_log):
    expect_log("loose .*")
    logging.getLogger("studio.somewhere").warning("loose cable")
    with LogGuard() as guard:
        guard.expect("never")
    with pytest.raises(AssertionError, match="never"):
        guard.verify()


def test_the_network_is_out_of_reach():
    with socket.socket() as probe, pytest.raises(AssertionError, match="network"):
        probe.connect(("127.0.0.1", 9))


def test_a_running_timer_is_named(qapp):
    from PySide6.QtCore import QTimer

    with QtWatch() as watch:
        timer = QTimer()
        timer.start(60_000)
    with pytest.raises(AssertionError, match=r"QTimer.*test_support\.py"):
        watch.verify()
    timer.stop()


def test_a_running_thread_is_named(qapp):
    from PySide6.QtCore import QThread

    with QtWatch() as watch:
        thread = QThread(objectName="stray")
        thread.start()
    with pytest.raises(AssertionError, match="stray"):
        watch.verify()
    thread.quit()
    assert thread.wait(5000)


def test_a_forgotten_window_is_named(qapp):
    from PySide6.QtWidgets import QLabel

    with QtWatch() as watch:
        label = QLabel("x")
        label.setWindowTitle("forgotten")
    with pytest.raises(AssertionError, match="forgotten"):
        watch.verify()
    label.deleteLater()


def test_the_fake_needs_neither_torch_nor_qt():
    code = (
        "import sys, tests.support.fakes, tests.support.pictures;"
        "bad = {'torch', 'PySide6', 'scipy'} & set(sys.modules); sys.exit(str(bad) if bad else 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
