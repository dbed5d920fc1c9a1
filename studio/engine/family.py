"""What a model family is: one file in `studio.engine.families` adds one.

A family describes its networks, how they are trained and how they make pictures; the trainer, the
checkpoints, the generator, the command line and the contract tests are the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

import torch
from torch import Tensor, nn

from studio.core.params import param
from studio.core.registry import Registry
from studio.engine import blocks
from studio.engine.api import FamilyCard
from studio.engine.prompts import PromptEncoder


class Noise(Protocol):
    """``noise(batch, height, width)`` gives ``float32 [batch, 1, height, width]``, standard normal.

    A layer may keep noise of its `own` ``[height, width]``: that is what seed 0 stands for there.
    """

    def __call__(
        self, batch: int, height: int, width: int, own: Tensor | None = None, /
    ) -> Tensor: ...


def silence(like: Tensor) -> Noise:
    """No noise at all, where `like` is and of its type."""

    def noise(batch: int, height: int, width: int, _own: Tensor | None = None, /) -> Tensor:
        return like.new_zeros(batch, 1, height, width)

    return noise


PROMPTS = ("none", "classes", "captions")


class Shape(NamedTuple):
    """What a model is for: pictures of `height` x `width` px and `channels`, and its prompts.

    Of `classes` and `words` (a vocabulary) at most one is filled.
    """

    height: int
    width: int
    channels: int
    classes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        return self.height, self.width


class Explained(Protocol):
    """Something to choose among others of its kind; `when` says for a person when it is right."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def when(self) -> str: ...


def one_of(items: Iterable[Explained], default: str, label: str, *, advanced: bool = False) -> Any:
    """A parameter that is the id of one of `items`, which its help explains."""
    found = tuple(items)
    return param(
        default,
        label,
        choices=tuple(item.id for item in found),
        help="\n".join(f"{item.title}: {item.when}" for item in found),
        advanced=advanced,
    )


@dataclass(frozen=True)
class TrainConfig:
    """What can be chosen of every family, and what the trainer itself reads of it."""

    batch: int = param(16, "Batch", 2, 256, help="Pictures a step.")
    rate: float = param(0.002, "Learning rate", 1e-5, 0.02, advanced=True)
    prompt: str = param(
        "none",
        "Prompt",
        choices=PROMPTS,
        help="What pictures can be asked for by: the classes of yours, or words of their captions.",
    )
    mirror: str = param(
        "auto",
        "Mirror",
        choices=("auto", "yes", "no"),
        help="Half of the pictures are shown mirrored: as good as twice as many, where left and "
        "right mean nothing. Auto: if the check of your pictures found it safe.",
    )
    tileable: bool = param(
        False, "Seamless", help="Pictures repeat without a seam: for textures and patterns."
    )

    @classmethod
    def tiny(cls) -> TrainConfig:
        """The smallest sensible one, for tests."""
        return cls(batch=4)


@dataclass(frozen=True)
class ConvConfig(TrainConfig):
    """How wide the levels of a convolutional network are."""

    capacity: int = param(
        1536,
        "Capacity",
        16,
        65536,
        help="Channels times side at each level: more learns more, slower.",
    )
    max_channels: int = param(256, "Most channels", 4, 1024, advanced=True)
    min_channels: int = param(16, "Fewest channels", 1, 256, advanced=True)
    patch: int = param(
        2,
        "Patch",
        1,
        4,
        unit="px",
        help="Side of the squares that are read and drawn at once: larger is quicker and coarser.",
        advanced=True,
    )

    @classmethod
    def tiny(cls) -> ConvConfig:
        return cls(batch=4, capacity=64, max_channels=8, min_channels=4)

    def channels(self, side: int) -> int:
        """Of the features at the level whose shorter side has that many places.

        Levels of one octave are equally wide in every shape, so that one can be taken over by
        another.
        """
        wide = self.capacity // blocks.octave(side)
        return min(self.max_channels, max(self.min_channels, wide))


class Model(nn.Module, ABC):
    """The part of a family's networks that is averaged, saved and explored.

    z is standard normal by definition. A model that does not override `mapping` has no space of its
    own behind z: its w is z, followed by the embedded prompt if it takes prompts.
    """

    latent_dim: int
    prompt: PromptEncoder | None
    style_levels = 1  # how many levels have a w of their own
    noisy = False  # whether noise makes a difference
    margin = 0  # places around the features of every stage that lie beyond the picture

    def __init__(self) -> None:
        super().__init__()
        self.prompt = None

    def embed(self, condition: Tensor | None) -> Tensor | None:
        """A condition as embedded prompts ``[B, E]``; nothing where the model takes none."""
        if self.prompt is None or condition is None:
            return None
        embedded: Tensor = self.prompt(condition)
        return embedded

    def mapping(self, z: Tensor, prompt: Tensor | None = None) -> Tensor:
        """``z [B, latent_dim]`` and an embedded ``prompt [B, E]`` to ``w [B, D]``."""
        return z if prompt is None else torch.cat([z, prompt], dim=1)

    def center(self, prompt: Tensor | None = None) -> Tensor:
        """The w, ``[1 or B, D]``, towards which truncation pulls."""
        if prompt is None:
            return torch.zeros(1, self.latent_dim)
        return self.mapping(prompt.new_zeros(len(prompt), self.latent_dim), prompt)

    @property
    def stages(self) -> Sequence[nn.Module]:
        """Whose outputs are the features ``[B, C, H, W]`` of each level, the coarsest first.

        Of a tuple, the first are the features; what follows is made beside them.
        """
        return ()

    @property
    def w_readers(self) -> Sequence[Tensor]:
        """The weights ``[N, >= latent_dim]`` by which each style level reads w, the coarsest first.

        None where w is not read linearly.
        """
        return ()

    @abstractmethod
    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        """``w [B, D]`` to ``batch [B, C, H, W]`` around [-1, 1].

        With more `style_levels` than one, w may also be ``[B, style_levels, D]``.
        With `size`, a cheaper and smaller picture where the model has one; its longer side is no
        smaller than that.
        """

    def encode(self, batch: Tensor, prompt: Tensor | None = None) -> Tensor:
        """``batch [B, C, H, W]`` to the ``z [B, latent_dim]`` that reproduces it best.

        `prompt` is embedded ``[B, E]``, where the model takes prompts.
        """
        raise NotImplementedError


def shown(model: Model, features: Tensor) -> Tensor:
    """What of the features ``[..., H, W]`` of a stage lies in the picture."""
    edge = model.margin
    return features[..., edge:-edge, edge:-edge] if edge else features


@dataclass(frozen=True)
class Phase:
    """One of the optimizations that make a step: Adam over the networks named in `parts`."""

    id: str
    parts: tuple[str, ...]
    rate: float
    betas: tuple[float, float]
    weight_decay: float = 0.0


@dataclass(frozen=True)
class Losses:
    """`total` is what the phase minimizes; `parts` are the values that a person sees as curves."""

    total: Tensor
    parts: Mapping[str, Tensor]


@dataclass(frozen=True)
class StepContext:
    """One micro batch of one step.

    `real` is ``[B, C, H, W]`` in [-1, 1], color premultiplied where there is alpha; `condition` is
    what belongs to it, as `studio.engine.prompts` encodes it. `step` and `images` count what was
    done before, `count` the pictures of one pass (this process's share, where several train);
    `rng`, on the device of `real`, is the only source of randomness.
    """

    real: Tensor
    step: int
    images: int
    count: float
    rng: torch.Generator
    condition: Tensor | None = None

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.rng, device=self.real.device)

    def noise(self, batch: int, height: int, width: int, own: Tensor | None = None, /) -> Tensor:
        del own  # training always draws anew
        return self.normal(batch, 1, height, width)


A = TypeVar("A")
C = TypeVar("C", bound=TrainConfig)


class Architecture(ABC, Generic[A]):
    """What a model file needs so that pictures can be made: a card, a configuration, a network.

    Holds no state: networks and configuration are passed in. One that is no more than this is of
    models that were trained elsewhere.
    """

    card: ClassVar[FamilyCard]
    config_type: type[A]

    @property
    def id(self) -> str:
        return self.card.id

    @abstractmethod
    def build(self, config: A, shape: Shape, rng: torch.Generator) -> Model:
        """The model with fresh weights, drawn from `rng` alone."""

    def helpers(self, config: A, shape: Shape, rng: torch.Generator) -> Mapping[str, nn.Module]:
        """Networks that only training needs, by name; fresh weights, drawn from `rng` alone."""
        del config, shape, rng
        return {}


class ModelFamily(Architecture[C]):
    """A kind of model that can be trained.

    The networks of a run are ``{"model": build(...), **helpers(...)}``; to make pictures, the model
    is enough.
    """

    @abstractmethod
    def phases(self, config: C) -> tuple[Phase, ...]:
        """What makes a step, in order."""

    @abstractmethod
    def loss(self, phase: str, config: C, networks: nn.ModuleDict, context: StepContext) -> Losses:
        """The loss of one phase on one micro batch; runs under the trainer's mixed precision."""

    def frozen(self, config: C, networks: nn.ModuleDict) -> Iterable[nn.Module]:
        """Parts that do not learn, whatever the phase."""
        del config, networks
        return ()

    def judge(
        self, config: C, networks: nn.ModuleDict, batch: Tensor, rng: torch.Generator
    ) -> Tensor | None:
        """How real the discriminator finds pictures, ``[B, 1]``; None where there is none."""
        del config, networks, batch, rng
        return None


ARCHITECTURES: Registry[Architecture[Any]] = Registry(
    "studio.engine.families",
    Architecture,  # type: ignore[type-abstract]
    "kind of model",
)
"""Of all model files; `FAMILIES` are those of them that can be trained."""

FAMILIES: Registry[ModelFamily[Any]] = Registry(
    "studio.engine.families",
    ModelFamily,  # type: ignore[type-abstract]
    "model family",
)
