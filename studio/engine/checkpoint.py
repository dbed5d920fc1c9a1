"""Weights on disk: safetensors with JSON in the header, checked before anything is believed.

Two kinds of file: the *model* (averaged weights, all that is needed to make pictures, and beside
them the networks that only training needed, to learn on from; in half precision where it was
reduced to be passed on) and the *resume state* of a training run (everything needed to go on bit
for bit). Both are written by `atomic_write`; neither can run code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from studio.core.files import atomic_write, sha256_of, spoken_name, told_as_studio_error
from studio.core.params import completed, from_json
from studio.engine.api import MODEL_KEY, ModelCard
from studio.engine.family import ARCHITECTURES, Model, Shape
from studio.errors import StudioError

FORMAT_VERSION = 2
_STATE_KEY = "latent_studio.resume"
_HELPERS = "helpers."  # what the names of the helpers' weights begin with
_MAX_HEADER = 8 << 20  # bytes; ours are some kB, and parsing a hostile one takes minutes
_MAX_TENSORS = 20_000
MAX_SIZE = 1024  # px
_MAX_SIDE = 4 * MAX_SIZE  # px; of the longer side
_MAX_STEPS = 2**53
_MAKE_ANOTHER = "Choose another file, or train the model again."


# --- Models --------------------------------------------------------------------------------------


def save_model(path: Path, model: Model, helpers: nn.ModuleDict, header: Mapping[str, Any]) -> None:
    """Write the weights and buffers of all, with `header` (see `read_card`) beside them.

    `helpers` are what the family calls so, or none: then nothing can go on learning from the file.
    """
    tensors = {
        **model.state_dict(),
        **{_HELPERS + name: tensor for name, tensor in helpers.state_dict().items()},
    }
    plain = {name: _plain(tensor) for name, tensor in tensors.items()}
    _save(path, plain, MODEL_KEY, {"format": FORMAT_VERSION, **header})


def read_card(path: Path) -> ModelCard:
    """What a model file says of itself; reads no weights.

    Raises:
        StudioError: not a model file of ours.
    """
    header = read_header(path)
    try:
        _check_format(path, header["format"])
        family = ARCHITECTURES[header["family"]]
        config = from_json(family.config_type, completed(family.config_type, header["config"]))
        return ModelCard(
            path=path,
            sha256=sha256_of(path),
            family=family.id,
            size=_integer(header["size"], MAX_SIZE),
            height=_integer(header["height"], _MAX_SIDE),
            width=_integer(header["width"], _MAX_SIDE),
            channels=_integer(header["channels"], 4),
            latent_dim=_integer(header["latent_dim"], _MAX_HEADER),
            step=_integer(header["step"], _MAX_STEPS),
            images=_integer(header["images"], _MAX_STEPS),
            seconds=float(header["seconds"]),
            dataset_name=str(header["dataset_name"]),
            dataset_fingerprint=str(header["dataset_fingerprint"]),
            can_encode=family.card.can_encode,
            has_mapping=family.card.has_mapping,
            config=vars(config),
            classes=tuple(map(str, header["classes"])),
            words=tuple(map(str, header["words"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, f"its header lacks or garbles {error}") from error


def read_header(path: Path) -> dict[str, Any]:
    """All that a model file says of itself, as it was given to `save_model`.

    Raises:
        StudioError: not a model file of ours.
    """
    return _header(path, MODEL_KEY)


def _check_format(path: Path, version: int) -> None:
    name = spoken_name(path)
    if version > FORMAT_VERSION:
        raise StudioError(f"“{name}” was made by a newer Latent Studio.", "Update the program.")
    if version < FORMAT_VERSION:
        raise StudioError(
            f"“{name}” was made by an early Latent Studio, whose networks were others.",
            "Train the model again.",
        )


def load_model(path: Path) -> tuple[Model, ModelCard]:
    """Build the model that the file describes and fill in its weights, all checked.

    Raises:
        StudioError: not a model file of ours, or damaged.
    """
    card = read_card(path)
    family = ARCHITECTURES[card.family]
    model = _built(card, lambda config, shape: family.build(config, shape, torch.Generator()))
    tensors = _tensors(path, lambda name: not name.startswith(_HELPERS))
    check_against(path, model.state_dict(), tensors)
    model.load_state_dict(tensors)
    model.requires_grad_(False)
    return model.eval(), card


def load_helpers(path: Path) -> nn.ModuleDict:
    """The networks that only training needed, as they were; empty if the file carries none.

    Raises:
        StudioError: not a model file of ours, or damaged.
    """
    card = read_card(path)
    family = ARCHITECTURES[card.family]
    tensors = _tensors(path, lambda name: name.startswith(_HELPERS))
    if not tensors:
        return nn.ModuleDict()
    built = _built(card, lambda config, shape: family.helpers(config, shape, torch.Generator()))
    helpers = nn.ModuleDict(dict(built))
    weights = {name.removeprefix(_HELPERS): tensor for name, tensor in tensors.items()}
    check_against(path, helpers.state_dict(), weights)
    helpers.load_state_dict(weights)
    helpers.requires_grad_(False)
    return helpers.eval()


T = TypeVar("T")


def _built(card: ModelCard, build: Callable[[Any, Shape], T]) -> T:
    """What `build` makes of a card's configuration and shape.

    Raises:
        StudioError: nothing can be built of them.
    """
    shape = shape_of(card)
    check_shape(card.path, shape)
    try:
        return build(from_json(ARCHITECTURES[card.family].config_type, card.config), shape)
    except (RuntimeError, IndexError) as error:  # sides that cannot be halved, absurd widths
        raise _damaged(card.path, str(error)) from error


def check_shape(path: Path, shape: Shape) -> None:
    """Raise `StudioError` if the file in `path` claims pictures that no model of ours makes."""
    sides = min(shape.size) >= 4 and max(shape.size) <= _MAX_SIDE
    if not sides or shape.channels not in (1, 3, 4):
        claim = f"{shape.width} x {shape.height} px and {shape.channels} channels"
        raise _damaged(path, f"it claims pictures of {claim}")


def shape_of(card: ModelCard) -> Shape:
    """What the model of a card makes."""
    return Shape(card.height, card.width, card.channels, card.classes, card.words)


def check_against(
    path: Path, expected: Mapping[str, Tensor], tensors: Mapping[str, Tensor]
) -> None:
    """Raise `StudioError` unless the `tensors` of a file have the names and shapes `expected`."""
    if expected.keys() != tensors.keys():
        odd = min(expected.keys() ^ tensors.keys())
        raise _damaged(path, f"the weights do not fit its header (“{odd}”)")
    for name, tensor in tensors.items():
        want = expected[name]
        halved = tensor.dtype == torch.float16 and want.dtype == torch.float32
        if tensor.shape != want.shape or not (tensor.dtype == want.dtype or halved):
            raise _damaged(path, f"“{name}” has the wrong shape")
        if not bool(tensor.isfinite().all()):
            raise _damaged(path, f"“{name}” holds values that are not numbers")


# --- Resume states -------------------------------------------------------------------------------


def save_state(
    last: Path, previous: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]
) -> None:
    """Write a resume state to `last`; what was there becomes `previous`."""
    plain = {name: _plain(tensor) for name, tensor in tensors.items()}
    sealed = {"facts": facts, "seal": _seal(plain, facts)}
    # Both names are replaced whole, so at any moment at least one of them is complete.
    with atomic_write(last) as temp:
        _write(temp, plain, {_STATE_KEY: json.dumps(sealed)})
        if last.exists():
            last.replace(previous)


def load_state(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and facts of a resume state.

    Raises:
        StudioError: missing, or a single bit of it has changed.
    """
    header = _header(path, _STATE_KEY)
    tensors = _tensors(path, lambda _name: True)
    facts = header.get("facts")
    if not isinstance(facts, dict) or header.get("seal") != _seal(tensors, facts):
        raise _damaged(path, "its checksum is wrong")
    return tensors, facts


def settled_config(family: str, *states: Path) -> dict[str, Any]:
    """The settings that a run of `family` was begun with, by its first readable resume state."""
    for path in states:
        with contextlib.suppress(StudioError, KeyError, TypeError):
            facts = _header(path, _STATE_KEY)["facts"]
            config_type = ARCHITECTURES[family].config_type
            return completed(config_type, facts["config"]) if facts["family"] == family else {}
    return {}


def _seal(tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> str:
    """A digest of everything in the file: safetensors itself keeps no checksum."""
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


# --- The file format -----------------------------------------------------------------------------


def _plain(tensor: Tensor) -> Tensor:
    """A contiguous copy or view on the CPU, as the format wants."""
    return tensor.detach().cpu().contiguous()


def _save(path: Path, tensors: dict[str, Tensor], key: str, header: Mapping[str, Any]) -> None:
    with atomic_write(path) as temp:
        _write(temp, tensors, {key: json.dumps(header)})


def _write(temp: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    try:
        save_file(tensors, temp, metadata)
    except SafetensorError as error:  # it wraps what the disk said
        raise OSError(str(error)) from error


def _header(path: Path, key: str) -> dict[str, Any]:
    """The JSON under `key` in the header, read by hand so that its size is checked first."""
    with told_as_studio_error(f"“{spoken_name(path)}” could not be read"), path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(_MAX_HEADER, path.stat().st_size - 8):
            raise _foreign(path)
        raw = file.read(length)
    try:
        table = json.loads(raw)
        if len(table) > _MAX_TENSORS:
            raise _foreign(path)
        header = json.loads(table["__metadata__"][key])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _foreign(path) from error
    if not isinstance(header, dict):
        raise _foreign(path)
    return header


def _tensors(path: Path, wanted: Callable[[str], bool]) -> dict[str, Tensor]:
    """Those whose names are wanted; the others are not read."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys() if wanted(name)}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        told = "it is not whole, as after a copy that was broken off"
        raise _damaged(path, told) from error


def _integer(value: Any, highest: int) -> int:
    number = int(value)
    if not 0 <= number <= highest:
        raise ValueError(number)
    return number


def _foreign(path: Path) -> StudioError:
    return StudioError(f"“{spoken_name(path)}” is not a file of Latent Studio.", _MAKE_ANOTHER)


def _damaged(path: Path, reason: str) -> StudioError:
    return StudioError(f"“{spoken_name(path)}” is damaged: {reason}.", _MAKE_ANOTHER)
