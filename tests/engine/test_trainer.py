"""The trainer's manners: events, pause, stop, trouble."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import torch
from PIL import Image as Pillow

from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine import trainer as trainer_module
from studio.engine.api import (
    Checkpointed,
    Finished,
    Sampled,
    Started,
    StepDone,
    TrainingRun,
    Warned,
)
from studio.engine.batches import Batches
from studio.engine.families.stylegan import StyleGan
from studio.engine.family import FAMILIES, Losses
from studio.engine.generator import LoadedGenerator
from studio.engine.pace import REPORT_SECONDS
from studio.engine.step import Stepper
from studio.engine.trainer import train
from studio.errors import StudioError
from tests.support.datasets import make_dataset
from tests.support.training import events_of, same_weights, stop_after, tiny_run, weights


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "discs")


def of_type(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_a_first_grid_and_a_first_checkpoint_come_before_any_step(dataset, tmp_path):
    events = train(tiny_run("stylegan", dataset, tmp_path), RunControl())
    started, checkpointed, sampled = (next(events) for _ in range(3))
    events.close()
    assert isinstance(started, Started)
    assert isinstance(checkpointed, Checkpointed)
    assert isinstance(sampled, Sampled)
    assert started.images == 12
    assert started.size == 16
    assert started.threads == torch.get_num_threads()
    assert len(sampled.images) == 32
    assert sampled.progress.step == 0


def test_grids_show_the_seeds_that_the_explorer_shows(dataset, tmp_path):
    events = events_of(tiny_run("stylegan", dataset, tmp_path))
    last = of_type(events, Sampled)[-1]
    generator = LoadedGenerator.load(tmp_path / "model.safetensors", "cpu")
    wanted = generator.sample([LatentPoint.of_seed(seed) for seed in range(16)])
    assert np.allclose(np.stack(last.images[:16]), np.stack(wanted), atol=1e-4)


def test_folder_holds_model_log_and_samples(dataset, tmp_path):
    events = events_of(tiny_run("vae", dataset, tmp_path))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert len(lines) == len(of_type(events, StepDone))
    assert lines[-1].keys() == {"step", "images", "seconds", "images_per_second", "losses"}
    assert lines[-1]["losses"].keys() == {"reconstruction", "kl", "prior"}
    sheets = sorted((tmp_path / "samples").glob("*.png"))
    assert [sheet.name for sheet in sheets] == ["step0000000.png", "step0000006.png"]
    with Pillow.open(sheets[-1]) as sheet:
        assert sheet.size == (8 * 18 + 2, 4 * 18 + 2)


def test_progress_counts_passes_over_the_pictures(dataset, tmp_path):
    finished = events_of(tiny_run("vae", dataset, tmp_path))[-1]
    assert finished.progress.images == 24
    assert finished.progress.passes == 2.0
    assert finished.progress.seconds_left == 0.0


def test_pause_stops_the_work_and_the_clock(dataset, tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    control = RunControl()
    events = train(tiny_run("vae", dataset, tmp_path, steps=3), control)
    for _ in range(3):
        next(events)
    control.pause()
    waiting = threading.Event()

    def wait_while_paused() -> bool:
        now[0] += 1000.0
        waiting.set()
        control.resume()
        return True

    monkeypatch.setattr(control, "wait_while_paused", wait_while_paused)
    finished = list(events)[-1]
    assert waiting.is_set()
    assert finished.progress.step == 3
    assert finished.progress.seconds < 1000.0


def test_cancel_while_paused_ends_the_run(dataset, tmp_path):
    control = RunControl()
    events = train(tiny_run("vae", dataset, tmp_path), control)
    for _ in range(3):
        next(events)
    control.pause()
    threading.Timer(0.05, control.cancel).start()
    assert list(events)[-1].reason == "stopped"


def test_cancel_stops_within_one_step(dataset, tmp_path):
    control = RunControl()
    events = train(tiny_run("stylegan", dataset, tmp_path, steps=1000), control)
    step = 0
    for event in events:
        if isinstance(event, StepDone):
            step = event.progress.step
            control.cancel()
    assert event.reason == "stopped"
    assert event.progress.step == step


def test_closing_the_iterator_writes_the_checkpoint(dataset, tmp_path):
    stop_after(tiny_run("vae", dataset, tmp_path), 2)
    card = LoadedGenerator.load(tmp_path / "model.safetensors", "cpu").card
    assert card.step == 2


def test_reports_are_bounded_by_time(dataset, tmp_path, monkeypatch):
    now = [0.0]

    def clock() -> float:
        now[0] += 0.002
        return now[0]

    monkeypatch.setattr("time.perf_counter", clock)
    events = events_of(tiny_run("vae", dataset, tmp_path, steps=60))
    reports = of_type(events, StepDone)
    seconds = reports[-1].progress.seconds
    assert REPORT_SECONDS >= 0.05  # the contract: at most 20 a second
    assert 2 <= len(reports) <= seconds / REPORT_SECONDS + 2
    assert len(reports) < 60


class Poisoned(StyleGan):
    """Gives NaN from the tenth step on."""

    def loss(self, phase, config, networks, context):
        losses = super().loss(phase, config, networks, context)
        return Losses(losses.total * float("nan"), losses.parts) if context.step >= 9 else losses


def replace_family(monkeypatch, family):
    monkeypatch.setattr(FAMILIES, "_found", {**FAMILIES._all(), "stylegan": family})


def test_divergence_again_and_again_keeps_the_last_good_checkpoint(dataset, tmp_path, monkeypatch):
    replace_family(monkeypatch, Poisoned())
    events = events_of(tiny_run("stylegan", dataset, tmp_path, steps=50))
    told = [event.text for event in of_type(events, Warned)]
    assert ["learning rate is now" in text for text in told] == [True] * 3 + [False]
    assert events[-1].reason == "diverged"
    card = LoadedGenerator.load(events[-1].model, "cpu").card
    assert card.step < 10
    assert all(tensor.isfinite().all() for tensor in weights(events[-1].model).values())


def test_weights_that_are_no_numbers_are_not_saved(dataset, tmp_path):
    setup = trainer_module.prepare(tiny_run("vae", dataset, tmp_path))
    events = trainer_module.Trainer(setup, trainer_module.Budget(None, 50), RunControl()).events()
    while not isinstance(next(events), StepDone):
        pass
    with torch.no_grad():
        next(setup.state.model.parameters()).fill_(float("nan"))
    events.close()
    assert LoadedGenerator.load(tmp_path / "model.safetensors", "cpu").card.step == 0


def test_a_new_run_in_an_old_folder_forgets_the_old_states(dataset, tmp_path):
    stop_after(tiny_run("vae", dataset, tmp_path), 4)
    stop_after(tiny_run("vae", dataset, tmp_path, seed=7), 1)
    (tmp_path / "resume.safetensors").unlink()
    finished = events_of(tiny_run("vae", dataset, tmp_path, seed=7, resume=True))
    assert finished[0].resumed_at == 0


class Hungry(StyleGan):
    """Fails like an allocator does while more than `fits` pictures come at a time."""

    def __init__(self, fits: int) -> None:
        self.fits = fits

    def loss(self, phase, config, networks, context):
        if len(context.real) > self.fits:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")
        return super().loss(phase, config, networks, context)


def test_out_of_memory_goes_on_with_fewer_pictures_at_a_time(dataset, tmp_path, monkeypatch):
    replace_family(monkeypatch, Hungry(fits=1))
    events = events_of(tiny_run("stylegan", dataset, tmp_path, steps=2))
    assert ["1 pictures" in event.text for event in of_type(events, Warned)] == [True]
    assert events[-1].progress.images == 8


class Clumsy(StyleGan):
    """Runs out of memory once, in the middle of step `when`."""

    def __init__(self, when: int) -> None:
        self.when = when

    def loss(self, phase, config, networks, context):
        losses = super().loss(phase, config, networks, context)
        if context.step == self.when and phase == "generator":
            self.when = -1
            raise RuntimeError("CUDA error: alloc_failed")
        return losses


@pytest.mark.parametrize("when", range(1, 21))
def test_memory_may_run_out_at_any_step(when, dataset, tmp_path, monkeypatch):
    replace_family(monkeypatch, Clumsy(when - 1))
    events = events_of(tiny_run("stylegan", dataset, tmp_path, steps=20))
    assert len(of_type(events, Warned)) == 1
    assert events[-1].progress.step == 20
    assert events[-1].progress.images == 80


def test_out_of_memory_with_one_picture_says_what_to_do(dataset, tmp_path, monkeypatch):
    replace_family(monkeypatch, Hungry(fits=0))
    with pytest.raises(StudioError, match="smaller size"):
        events_of(tiny_run("stylegan", dataset, tmp_path))


def test_micro_batches_give_the_gradient_of_the_whole(dataset, tmp_path):
    """Sums over micro batches equal the batch, for a loss that is a mean over pictures."""
    setup = trainer_module.prepare(tiny_run("vae", dataset, tmp_path))
    state = setup.state
    phase = state.phases["autoencoder"]
    indices = state.batches.draw(state.config.batch)

    class MeanLoss:
        def loss(self, _phase, _config, networks, context):
            total = networks["model"].encoder(context.real)[0].square().mean()
            return Losses(total, {})

        def frozen(self, _config, _networks):
            return ()

    gradients = []
    stepper = Stepper(MeanLoss(), state, count=12)
    for state.micro_batch in (4, 1):
        assert stepper._adds_up(phase, stepper._micros(indices, None), seed=0)
        gradients.append([w.grad.clone() for w in state.model.encoder.parameters()])
    for whole, summed in zip(*gradients, strict=True):
        assert torch.allclose(whole, summed, rtol=1e-4, atol=1e-7)


def test_exploring_meanwhile_does_not_change_the_run(dataset, tmp_path):
    events_of(tiny_run("stylegan", dataset, tmp_path / "quiet", config={"noise": True}))
    run = tiny_run("stylegan", dataset, tmp_path / "busy", config={"noise": True})
    generator = LoadedGenerator.load(tmp_path / "quiet/model.safetensors", "cpu")
    for number, _ in enumerate(train(run, RunControl())):
        generator.sample([LatentPoint.of_seed(number)])
        torch.rand(3)
        np.random.default_rng().random()
    assert same_weights(tmp_path / "quiet/model.safetensors", tmp_path / "busy/model.safetensors")


def test_the_global_random_state_is_not_touched(dataset, tmp_path):
    before = torch.get_rng_state()
    events_of(tiny_run("vae", dataset, tmp_path))
    assert torch.equal(torch.get_rng_state(), before)


def test_fine_tuning_starts_from_the_weights_and_says_how_many(dataset, tmp_path):
    events_of(tiny_run("vae", dataset, tmp_path / "base", steps=20))
    base = tmp_path / "base/model.safetensors"
    run = tiny_run("vae", dataset, tmp_path / "tuned", start_from=base, steps=1)
    events = train(run, RunControl())
    next(events)
    told = next(events)
    first = next(events)
    assert "100" in told.text
    assert isinstance(first, Checkpointed)
    assert same_weights(base, first.model)
    events.close()


def test_fine_tuning_with_another_width_takes_what_fits(dataset, tmp_path):
    events_of(tiny_run("vae", dataset, tmp_path / "base", steps=1))
    run = tiny_run(
        "vae",
        dataset,
        tmp_path / "tuned",
        start_from=tmp_path / "base/model.safetensors",
        config={"depth": 3},
        steps=1,
    )
    told = of_type(events_of(run), Warned)[0]
    share = int(told.text.split("%")[0].split()[-1])
    assert 0 < share < 100


def test_fine_tuning_from_another_family_is_refused(dataset, tmp_path):
    events_of(tiny_run("vae", dataset, tmp_path / "base", steps=1))
    base = tmp_path / "base/model.safetensors"
    with pytest.raises(StudioError, match="is a vae model, not stylegan"):
        events_of(tiny_run("stylegan", dataset, tmp_path / "tuned", start_from=base))
    assert not (tmp_path / "tuned").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"family": "horoscope"}, "horoscope"),
        ({"device": "abacus"}, "abacus"),
        ({"precision": "int3"}, "int3"),
        ({"config": {"batch": "many"}}, "many"),
        ({"steps": None, "minutes": None}, "no end"),
        ({"steps": 0}, "end before"),
        ({"minutes": -1.0}, "end before"),
        ({"minutes": float("nan")}, "end before"),
        ({"dataset": "/nowhere"}, "dataset.json"),
        ({"start_from": "/nowhere.safetensors"}, "nowhere"),
    ],
)
def test_a_request_that_cannot_be_is_refused_and_leaves_nothing(change, told, dataset, tmp_path):
    data = {**tiny_run("vae", dataset, tmp_path / "run").to_json(), **change}
    with pytest.raises(StudioError, match=told):
        events_of(TrainingRun.from_json(data))
    assert not (tmp_path / "run").exists()


def test_a_smaller_size_reduces_the_pictures(dataset, tmp_path):
    events = events_of(tiny_run("vae", dataset, tmp_path / "small", size=8, steps=1))
    assert events[0].size == 8
    assert of_type(events, Sampled)[0].images[0].shape == (8, 8, 3)
    pixels = np.fromfile(dataset / "images.u8", np.uint8).reshape(12, 16, 16, 3)
    batch = Batches(pixels, torch.arange(12), seed=0, reduce=2).next(12, torch.device("cpu")).real
    assert batch.shape == (12, 3, 8, 8)
    assert float(batch.mean()) == pytest.approx(pixels.mean() / 127.5 - 1, abs=1e-4)


@pytest.mark.parametrize("size", [32, 12, 4])
def test_a_size_that_cannot_be_made_is_refused(size, dataset, tmp_path):
    with pytest.raises(StudioError, match=f"{size} px"):
        events_of(tiny_run("vae", dataset, tmp_path / "run", size=size))
    assert not (tmp_path / "run").exists()


def test_events_end_with_finished_only(dataset, tmp_path):
    events = events_of(tiny_run("vae", dataset, tmp_path))
    assert len(of_type(events, Finished)) == 1
