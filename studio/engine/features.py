"""What a convolutional network sees of a picture, level by level: for likeness, style, inversion.

Three networks serve: the discriminator of a model, one that `studio.engine.self_supervision` learns
from a person's own pictures, and VGG19, if the person has its weights. None is ever downloaded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from studio.core.files import told_as_studio_error
from studio.engine.checkpoint import load_helpers
from studio.engine.residual import Discriminator
from studio.errors import StudioError

_VGG_MEAN = (0.485, 0.456, 0.406)  # of ImageNet, in [0, 1]: what VGG was trained with
_VGG_DEVIATION = (0.229, 0.224, 0.225)
_VGG_LEVELS = (1, 6, 11, 20, 29)  # relu1_1 to relu5_1, as Gatys et al. 2016 use them


class FeatureNetwork(nn.Module, ABC):
    """``batch [B, 1, 3 or 4, H, W]`` around [-1, 1] to ``[B, channels[i], H / strides[i], ...]``.

    Color is premultiplied where there is alpha. Sides that are not of whole strides are continued
    at the right and bottom. The weights are fixed; gradients flow to the batch.
    """

    channels: tuple[int, ...]
    strides: tuple[int, ...]
    colors: int  # channels that `levels` wants

    def forward(self, batch: Tensor) -> list[Tensor]:
        coarsest = self.strides[-1]
        right, bottom = -batch.shape[-1] % coarsest, -batch.shape[-2] % coarsest
        whole = functional.pad(batch, (0, right, 0, bottom), mode="replicate")
        return self.levels(recolored(whole, self.colors))

    @abstractmethod
    def levels(self, batch: Tensor) -> list[Tensor]:
        """All levels, the finest first; sides of `batch` are of whole strides."""


def recolored(batch: Tensor, channels: int) -> Tensor:
    """The same pictures gray, in color or with alpha; what is transparent is laid on white."""
    if batch.shape[1] == channels:
        return batch
    if batch.shape[1] == 4:
        batch = batch[:, :3] + (1.0 - batch[:, 3:])
    if channels == 1:
        return batch.mean(dim=1, keepdim=True)
    color = batch.expand(-1, 3, -1, -1)
    return color if channels == 3 else torch.cat([color, torch.ones_like(color[:, :1])], dim=1)


def distance(levels: Sequence[Tensor], others: Sequence[Tensor]) -> Tensor:
    """How unlike pictures look to the network that made these features of them, ``[B]``.

    0 where they are the same. Features are normalized at each place, their squared differences
    averaged over places and summed over levels (LPIPS without its learned weights, Zhang et al.
    2018, equation 1).
    """
    pairs = zip(levels, others, strict=True)
    return torch.stack([_level_distance(one, two) for one, two in pairs]).sum(dim=0)


def _level_distance(one: Tensor, other: Tensor) -> Tensor:
    apart = functional.normalize(one.float(), dim=1) - functional.normalize(other.float(), dim=1)
    return apart.square().sum(dim=1).mean(dim=(1, 2))


class DiscriminatorFeatures(FeatureNetwork):
    """All levels of a discriminator, before the statistic of the batch is appended."""

    def __init__(self, critic: Discriminator) -> None:
        super().__init__()
        self._critic = critic.eval().requires_grad_(False)
        self.colors = critic.pixels.colors
        self.channels = critic.widths
        self.strides = tuple(critic.pixels.patch << level for level in range(len(critic.widths)))

    def levels(self, batch: Tensor) -> list[Tensor]:
        return self._critic.features(batch)


def features_of_model(path: Path) -> FeatureNetwork | None:
    """The discriminator of a model file; None if it carries none that has features to show.

    Raises:
        StudioError: not a model file of ours, or damaged.
    """
    critic = dict(load_helpers(path).items()).get("discriminator")
    return DiscriminatorFeatures(critic) if isinstance(critic, Discriminator) else None


class VggFeatures(FeatureNetwork):
    """Five levels of VGG19 (Simonyan & Zisserman 2015)."""

    channels = (64, 128, 256, 512, 512)
    strides = (1, 2, 4, 8, 16)
    colors = 3

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self._layers = layers[: _VGG_LEVELS[-1] + 1].eval().requires_grad_(False)
        mean, deviation = (torch.tensor(v)[:, None, None] for v in (_VGG_MEAN, _VGG_DEVIATION))
        self.register_buffer("_scale", 0.5 / deviation)
        self.register_buffer("_offset", (0.5 - mean) / deviation)

    def levels(self, batch: Tensor) -> list[Tensor]:
        x = batch * self.get_buffer("_scale") + self.get_buffer("_offset")
        found = []
        for index, layer in enumerate(self._layers):
            x = layer(x)
            if index in _VGG_LEVELS:
                found.append(x)
        return found


def features_of_vgg(path: Path) -> FeatureNetwork:
    """VGG19 with the weights in a file, as torchvision names them: safetensors, or a state dict.

    Raises:
        StudioError: the file cannot be read, or is not that.
    """
    from torchvision.models import vgg19

    with torch.device("meta"):  # nothing is drawn or allocated that the file replaces anyway
        layers = vgg19(weights=None).features
    weights = _weights_in(path)
    wanted = {name: weights.get(f"features.{name}") for name in layers.state_dict()}
    for name, like in layers.state_dict().items():
        tensor = wanted[name]
        if not isinstance(tensor, Tensor) or tensor.shape != like.shape:
            raise _foreign(path)
    layers.load_state_dict(wanted, assign=True)
    return VggFeatures(layers.float())


def _weights_in(path: Path) -> Mapping[str, Tensor]:
    with told_as_studio_error(f"“{path.name}” could not be read"):
        path.open("rb").close()
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        found = torch.load(path, "cpu", weights_only=True)  # noqa: TID251  (a foreign format)
    except Exception as error:  # what rubbish raises is anybody's guess
        raise _foreign(path) from error
    if not isinstance(found, dict):
        raise _foreign(path)
    return found


def _foreign(path: Path) -> StudioError:
    return StudioError(
        f"“{path.name}” does not hold the weights of VGG19.",
        "Choose torchvision's file “vgg19-dcbb9e9d.pth”, or go on without.",
    )
