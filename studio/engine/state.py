"""Everything that a training run is at one moment; what `tensors` leaves out cannot be resumed."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, cast

import torch
from torch import Tensor, nn

from studio.core.params import completed, from_json, to_json
from studio.engine.batches import Batches
from studio.engine.family import Model, ModelFamily, Phase, Shape
from studio.engine.inheritance import Inheritance, inherit

# The averaged weights forget half of a picture's influence after this many pictures, and early on,
# when every picture improves the weights, after this share of those seen (Karras et al. 2020).
_EMA_HALF_LIFE = 10_000.0
_EMA_RAMP = 0.05
# A run that starts from a model counts as if it had seen this many pictures already, and its rate
# rises over its first ones: Adam's moments are new, and steps by them would be blind.
_HEAD_START = 10_000
_WARM_UP = 500


class TrainingState:
    """Networks, their running average, optimizers, random numbers, sample order and counters.

    Owns all of it; lives on the thread that trains.
    """

    def __init__(
        self,
        family: ModelFamily[Any],
        config: Any,
        shape: Shape,
        batches: Batches,
        *,
        seed: int,
        device: torch.device,
    ) -> None:
        self.device = device
        rng = torch.Generator().manual_seed(seed)
        model = family.build(config, shape, rng)
        networks = nn.ModuleDict({"model": model, **family.helpers(config, shape, rng)})
        self.networks = networks.to(device).to(memory_format=torch.channels_last)
        self.ema = _frozen_copy(self.model)
        self.family = family
        self.config = config
        self.phases = {phase.id: phase for phase in family.phases(config)}
        self.optimizers = {phase.id: self._adam(phase) for phase in self.phases.values()}
        self.rng = torch.Generator().manual_seed(seed)  # of the seeds of all others
        self.batches = batches
        self.step = 0
        self.images = 0
        self.seconds = 0.0
        self.micro_batch = int(config.batch)
        self.precision = "float32"
        self.head_start = 0
        self.log_bytes = 0

    @property
    def model(self) -> Model:
        return cast("Model", self.networks["model"])

    @property
    def helpers(self) -> nn.ModuleDict:
        """The networks that only training needs."""
        return nn.ModuleDict({n: part for n, part in self.networks.items() if n != "model"})

    def _adam(self, phase: Phase) -> torch.optim.Adam:
        weights = [w for part in phase.parts for w in self.networks[part].parameters()]
        fused = self.device.type in ("cpu", "cuda")
        return torch.optim.AdamW(
            weights, phase.rate, phase.betas, weight_decay=phase.weight_decay, fused=fused
        )

    def configure(self, config: Any) -> None:
        """Go on with other rates, weights and penalties; networks and batch stay as they are."""
        self.config = config
        self.phases = {phase.id: phase for phase in self.family.phases(config)}
        for name, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group["lr"] = self.phases[name].rate
                group["weight_decay"] = self.phases[name].weight_decay

    def frozen(self) -> Iterable[nn.Module]:
        """Parts that do not learn; none in a run from noise, where they know nothing."""
        return self.family.frozen(self.config, self.networks) if self.head_start else ()

    def warm_up(self) -> None:
        """Before a step: let the rates rise, if they still have to."""
        seen = self.images + self.config.batch
        if self.head_start and self.images < _WARM_UP:
            for name, optimizer in self.optimizers.items():
                for group in optimizer.param_groups:
                    group["lr"] = self.phases[name].rate * min(1.0, seen / _WARM_UP)

    @torch.no_grad()
    def average(self, count: int) -> None:
        """Let the averaged weights follow, after a step on `count` pictures."""
        seen = self.head_start + self.images
        half_life = max(1.0, min(_EMA_HALF_LIFE, seen * _EMA_RAMP))
        pace = 1.0 - 0.5 ** (count / half_life)
        torch._foreach_lerp_(list(self.ema.parameters()), list(self.model.parameters()), pace)
        for kept, value in zip(self.ema.buffers(), self.model.buffers(), strict=True):
            kept.copy_(value)

    def is_finite(self) -> bool:
        """Whether every weight is a number: one that is not spreads to all and never leaves."""
        return all(bool(weight.isfinite().all()) for weight in self.networks.parameters())

    def reset_average(self) -> None:
        """Start the averaged weights anew from the current ones."""
        self.ema.load_state_dict(self.model.state_dict())

    # --- To and from a checkpoint ----------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """The counters and decisions, as JSON."""
        return {
            "step": self.step,
            "images": self.images,
            "seconds": self.seconds,
            "micro_batch": self.micro_batch,
            "precision": self.precision,
            "head_start": self.head_start,
            "log_bytes": self.log_bytes,
            "adjusted": to_json(self.config),
        }

    def tensors(self) -> dict[str, Tensor]:
        """All the rest, by name."""
        return {
            **_prefixed("networks", self.networks.state_dict()),
            **_prefixed("ema", self.ema.state_dict()),
            **_prefixed("batches", self.batches.tensors()),
            "rng": self.rng.get_state(),
            **{
                f"optimizers.{name}.{index}.{key}": value
                for name, optimizer in self.optimizers.items()
                for index, entry in optimizer.state_dict()["state"].items()
                for key, value in entry.items()
            },
        }

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Become what `tensors` and `facts` were taken from.

        Raises:
            KeyError, RuntimeError: they are of other networks.
        """
        self.networks.load_state_dict(_under("networks", tensors))
        self.ema.load_state_dict(_under("ema", tensors))
        self.batches.restore(_under("batches", tensors))
        self.rng.set_state(tensors["rng"])
        for name, optimizer in self.optimizers.items():
            _restore_optimizer(optimizer, _under(f"optimizers.{name}", tensors))
        self.step = int(facts["step"])
        self.images = int(facts["images"])
        self.seconds = float(facts["seconds"])
        self.micro_batch = int(facts["micro_batch"])
        self.precision = str(facts["precision"])
        self.head_start = int(facts["head_start"])
        self.log_bytes = int(facts["log_bytes"])
        config_type = type(self.config)
        self.configure(from_json(config_type, completed(config_type, facts["adjusted"])))

    def take_over(self, model: Model, helpers: nn.ModuleDict) -> Inheritance:
        """Start from other networks of the same family: see `inherit`.

        What has no weights, such as the strength of augmentation, is of other pictures.
        """
        found = inherit(self.networks, nn.ModuleDict({"model": model, **dict(helpers.items())}))
        self.reset_average()
        self.head_start = _HEAD_START
        return found


def _frozen_copy(model: Model) -> Model:
    return copy.deepcopy(model).requires_grad_(False).eval()


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    start = prefix + "."
    return {name[len(start) :]: t for name, t in tensors.items() if name.startswith(start)}


def _restore_optimizer(optimizer: torch.optim.Adam, tensors: Mapping[str, Tensor]) -> None:
    """`tensors` are named ``<index of the parameter>.<key>``."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    entries: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, key = name.split(".")
        entry = entries.setdefault(int(index), {})
        # The fused step wants the moments in the memory layout of the weights themselves.
        entry[key] = torch.empty_like(weights[int(index)]).copy_(value) if value.dim() else value
    optimizer.load_state_dict({"state": entries, "param_groups": _groups_of(optimizer)})


def _groups_of(optimizer: torch.optim.Adam) -> Any:
    return optimizer.state_dict()["param_groups"]
