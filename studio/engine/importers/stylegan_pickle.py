"""The `.pkl` files of NVIDIA's StyleGAN2-ADA and StyleGAN3, and of what is built on them.

They are pickles of networks whose source code lies beside the weights, to be executed; here it is
neither executed nor looked at. The averaged generator (`G_ema`) is taken over. The discriminator is
not: it is of another make than the studio's, and nothing here could go on training it.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from studio.core.control import RunControl
from studio.core.files import told_as_studio_error
from studio.core.params import from_json
from studio.engine.api import Importing
from studio.engine.families import stylegan2, stylegan3
from studio.engine.family import Shape
from studio.engine.importer import READING, Foreign, Importer
from studio.engine.nvidia import PERSISTENT, Network, Unfamiliar
from studio.engine.pickled import Arguments, Makers, NotAllowed, noted, read_pickle
from studio.engine.pickled_tensors import MAKERS as TENSOR_MAKERS
from studio.engine.pickled_tensors import Tensors
from studio.errors import StudioError

_LARGEST = 2 << 30  # bytes of a file; three networks of 1024 px take 400 MB
_NUMPY = ("numpy.core", "numpy._core")  # before version 2, and since
C = TypeVar("C")
_OF_TENSORFLOW = "dnnlib.tflib."


def _latin(arguments: Arguments) -> bytes:
    """How protocol 2 keeps bytes."""
    text, encoding = arguments
    if encoding != "latin1":
        raise NotAllowed(f"the text encoding “{encoding}”")
    return bytes(text, "latin1")


_MAKERS: Makers = {
    **TENSOR_MAKERS,
    **noted(PERSISTENT, "numpy.dtype"),
    **noted(*(f"{place}.multiarray.scalar" for place in _NUMPY)),
    **noted(*(f"{place}.multiarray._reconstruct" for place in _NUMPY)),
    **noted(*(f"{place}.numeric._frombuffer" for place in _NUMPY)),
    "torch._utils._rebuild_parameter_with_state": lambda arguments: arguments[0],
    "dnnlib.util.EasyDict": lambda arguments: dict(*arguments),
    "builtins.set": lambda arguments: set(*arguments),
    "__builtin__.set": lambda arguments: set(*arguments),
    "_codecs.encode": _latin,
}


def _read(file: Path, control: RunControl) -> Generator[Importing, None, Foreign]:
    with _told(file):
        whole = yield from _whole(file, control)
        if not isinstance(whole, dict) or "G_ema" not in whole:
            raise Unfamiliar("no generator")
        network = Network.of(whole["G_ema"])
        return _foreign(file, network, _data_set(whole.get("training_set_kwargs")))


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """What is wrong with a file, as a `StudioError`."""
    try:
        yield
    except NotAllowed as error:
        raise _refused(file, error.wanted) from error
    except Unfamiliar as error:
        raise StudioError(
            f"“{file.name}” holds {error}.",
            "Choose a network-snapshot of StyleGAN2, its ADA version, StyleGAN3, or their kin.",
        ) from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise StudioError(
            f"“{file.name}” is damaged, or no file of StyleGAN's tools.",
            "Copy or download it again.",
        ) from error


def _whole(file: Path, control: RunControl) -> Generator[Importing, None, Any]:
    """Everything in the file, as plain data."""
    with told_as_studio_error(f"“{file.name}” could not be read"), file.open("rb") as opened:
        size = file.stat().st_size
        if not 0 < size < _LARGEST:
            raise ValueError(f"it has {size:,} bytes")
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            reading = read_pickle(data, _MAKERS, ("numpy.ndarray",))
            while True:
                control.check()
                try:
                    yield Importing(READING * next(reading) / size)
                except StopIteration as end:
                    return end.value


def _refused(file: Path, wanted: str) -> StudioError:
    if _OF_TENSORFLOW in wanted:
        return StudioError(
            f"“{file.name}” was made by NVIDIA's older tools, for TensorFlow.",
            "Convert it with legacy.py of NVIDIA's stylegan3, then import what that writes.",
        )
    return StudioError(
        f"“{file.name}” wants to use {wanted}, which no model needs; it was not opened.",
        "Do not open it elsewhere either, unless you trust whoever made it.",
    )


def _foreign(file: Path, network: Network, learned_from: str) -> Foreign:
    if "synthesis.input.freqs" in network.tensors:
        return _stylegan3(file, network, learned_from)
    if "synthesis.b4.const" not in network.tensors:
        raise Unfamiliar(f"a network of another kind ({network.kind})")
    return _stylegan2(file, network, learned_from)


def _data_set(training: object) -> str:
    """The name of the pictures that it learned from, of the path that is told."""
    path = training.get("path") if isinstance(training, Mapping) else None
    name = re.split(r"[/\\]", path.rstrip("/\\"))[-1] if isinstance(path, str) else ""
    return name.removesuffix(".zip")


def _images(file: Path) -> int:
    """How many pictures it saw: its name says thousands."""
    found = re.search(r"network-snapshot-(\d{6})\b", file.name)
    return 1000 * int(found[1]) if found else 0


# --- StyleGAN2 -----------------------------------------------------------------------------------

_MAPPING = (
    (r"mapping\.embed\.", "label."),
    (r"mapping\.fc(\d+)\.", r"mapping_layers.\1."),
    (r"mapping\.w_avg", "w_avg"),
)
_RENAMES = (
    *_MAPPING,
    (r"synthesis\.b4\.const", "const"),
    (r"synthesis\.b(\d+)\.(conv[01])\.", r"levels.\1.\2.conv."),
    (r"synthesis\.b(\d+)\.torgb\.", r"levels.\1.conv1.torgb."),
    (r"synthesis\.b(\d+)\.skip\.", r"levels.\1.conv0.skip."),
)
_FILTER = "resample_filter"
_ENLARGES = "conv0.conv.weight"  # [O, I, 3, 3] there, and [I, O, 3, 3] here


def _stylegan2(file: Path, network: Network, learned_from: str) -> Foreign:
    def weights() -> Mapping[str, Tensor]:
        with _told(file):
            made = network.made(_RENAMES, (_FILTER,))
        return {n: t.transpose(0, 1) if n.endswith(_ENLARGES) else t for n, t in made.items()}

    sides = _sides(network)
    config = _config(network, sides)
    _check_filters(network)
    lowest = network.size("synthesis.b4.const")[1:]
    height, width = (side * sides[-1] // stylegan2.LOWEST for side in lowest)
    channels = network.size(f"synthesis.b{sides[-1]}.torgb.weight")[0]
    shape = Shape(height, width, channels, classes=_classes(network))
    return Foreign(
        "StyleGAN2",
        stylegan2.STYLEGAN2.id,
        config,
        shape,
        config.latent_dim,
        weights,
        learned_from,
        _images(file),
    )


def _sides(network: Network) -> list[int]:
    """Of the levels, from 4 on, doubling."""
    found = (re.fullmatch(r"synthesis\.b(\d{1,5})\.conv1\.weight", n) for n in network.tensors)
    sides = sorted(int(match[1]) for match in found if match)
    if sides != [stylegan2.LOWEST << level for level in range(len(sides))]:
        raise Unfamiliar("a network with missing levels")
    return sides


def _config(network: Network, sides: list[int]) -> stylegan2.Config:
    widths = [network.size(f"synthesis.b{side}.conv1.weight")[0] for side in sides]
    if network.told("synthesis.b4.conv1", "activation", "lrelu") != "lrelu":
        raise Unfamiliar("a network with an unusual activation")
    facts = {
        **_mapping(network),
        "levels": len(sides),
        "capacity": widths[-1] * sides[-1],
        "max_channels": widths[0],
        "architecture": network.told(f"synthesis.b{sides[-1]}", "architecture", "skip"),
        "clamp": float(network.told("synthesis.b4.conv1", "conv_clamp") or 0.0),
        "noise": "synthesis.b4.conv1.noise_const" in network.tensors,
    }
    config = _checked(stylegan2.Config, facts)
    if [config.channels(side) for side in sides] != widths:
        raise Unfamiliar("a network of unusual widths")
    return config


def _check_filters(network: Network) -> None:
    taps = torch.tensor(stylegan2.TAPS)
    usual = torch.outer(taps, taps) / taps.sum() ** 2
    tensors = Tensors(len(network.tensors) * usual.numel())
    for name, call in network.tensors.items():
        if name.endswith(_FILTER):
            made = tensors.make(call)
            if made.shape != usual.shape or not torch.allclose(made, usual, atol=1e-4):
                raise Unfamiliar("a network with unusual filters")


# --- StyleGAN3 -----------------------------------------------------------------------------------

_LAYER = r"synthesis\.L(\d{1,2})_(\d{1,5})_(\d{1,5})"
_RENAMES_3 = (
    *_MAPPING,
    (r"synthesis\.input\.", "input."),
    (_LAYER + r"\.", r"layers.\1."),
)


def _stylegan3(file: Path, network: Network, learned_from: str) -> Foreign:
    def weights() -> Mapping[str, Tensor]:
        with _told(file):
            return network.made(_RENAMES_3)

    names = sorted((found for n in network.parts if (found := re.fullmatch(_LAYER, n))), key=_place)
    size = int(names[-1][2]) if names else 0
    channels = int(names[-1][3]) if names else 0
    config = _config_3(network, names)
    plan = stylegan3.grids(config, size, channels)
    if [(int(n[2]), int(n[3])) for n in names] != [(grid.side, grid.channels) for grid in plan]:
        raise Unfamiliar("a network of unusual layers")
    return Foreign(
        "StyleGAN3",
        stylegan3.STYLEGAN3.id,
        config,
        Shape(size, size, channels, classes=_classes(network)),
        config.latent_dim,
        weights,
        learned_from,
        _images(file),
    )


def _config_3(network: Network, names: list[re.Match[str]]) -> stylegan3.Config:
    if len(names) < 4:
        raise Unfamiliar("a network with missing layers")
    first, last = names[0][0], names[-2]
    down = network.size(f"{first}.down_filter")
    return _checked(
        stylegan3.Config,
        {
            **_mapping(network),
            "layers": len(names) - 1,
            "critical": network.told("synthesis", "num_critical", 2),
            "capacity": int(last[2]) * int(last[3]),
            "max_channels": int(names[0][3]),
            "kernel": network.size(f"{first}.weight")[-1],
            "radial": len(down) == 2,
            "clamp": float(network.told(first, "conv_clamp", 256.0) or 0.0),
        },
    )


def _place(name: re.Match[str]) -> int:
    return int(name[1])


# --- Both ----------------------------------------------------------------------------------------


def _mapping(network: Network) -> dict[str, Any]:
    dimension, inputs = network.size("mapping.fc0.weight")
    labeled = "mapping.embed.weight" in network.tensors
    if inputs != dimension * (2 if labeled else 1):
        raise Unfamiliar("a network whose z and w are not of one length")
    layers = [name for name in network.tensors if re.fullmatch(r"mapping\.fc\d+\.weight", name)]
    return {
        "latent_dim": dimension,
        "mapping_layers": len(layers),
        "mapping_rate": float(network.told("mapping.fc0", "bias_gain", 0.01)),
    }


def _checked(config_type: type[C], facts: Mapping[str, Any]) -> C:
    try:
        return from_json(config_type, facts)
    except StudioError as error:
        raise Unfamiliar(f"an unusual network: {error.message}") from error


def _classes(network: Network) -> tuple[str, ...]:
    """The file knows numbers only."""
    if "mapping.embed.weight" not in network.tensors:
        return ()
    return tuple(f"Class {n}" for n in range(network.size("mapping.embed.weight")[1]))


STYLEGAN_PICKLE = Importer("stylegan_pickle", ".pkl", _read)
