"""What an export makes: of which part, in which format, in which sizes, under which names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from studio.app.layer_rendering import render_document, render_single_layer
from studio.codec.resample import resampled
from studio.codec.write import ICONS, WriteOptions, write_icon, write_image
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.core.image import Image, Rect, to_rgba
from studio.core.params import from_json, specs, to_json
from studio.errors import StudioError
from studio.project.recipe import digital_source, document_recipe

Subject: TypeAlias = Literal["canvas", "layer", "selection"]

LARGEST = 30_000  # px a side
_SIZE = re.compile(r"@?\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>x|×|%|w|h|px|)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file, in words, and which of the `WriteOptions` it has."""

    title: str
    sentence: str
    options: tuple[str, ...] = ("metadata",)


FORMATS: Mapping[str, ExportFormat] = {
    ".png": ExportFormat("PNG", "Lossless, with transparency. For screens and other programs."),
    ".jpg": ExportFormat(
        "JPEG", "Small, for photographs. No transparency.", ("quality", "background", "metadata")
    ),
    ".webp": ExportFormat(
        "WebP",
        "Smaller than JPEG, with transparency. For the web.",
        ("quality", "lossless", "metadata"),
    ),
    ".avif": ExportFormat(
        "AVIF", "The smallest, with transparency. For recent browsers.", ("quality", "metadata")
    ),
    ".tif": ExportFormat("TIFF", "Lossless, for print and retouching.", ("deep", "metadata")),
    ".ico": ExportFormat("ICO", "One icon of several sizes, for Windows and websites.", ()),
    ".icns": ExportFormat("ICNS", "One icon of several sizes, for macOS.", ()),
}


WRITE_SPECS = specs(WriteOptions)

# Sets of sizes that designers ask for.
PRESETS: Mapping[str, tuple[str, ...]] = {
    "As it is": ("100%",),
    "Screens: 1x, 2x, 3x": ("1x", "2x", "3x"),
    "Halves: 100 %, 50 %, 25 %": ("100%", "50%", "25%"),
    "App icon: 16 to 1024": ("16", "32", "64", "128", "256", "512", "1024"),
    "Website icon: 16 to 512": ("16", "32", "48", "180", "192", "512"),
    "Windows icon: 16 to 256": ("16", "24", "32", "48", "64", "128", "256"),
}


@dataclass(frozen=True, slots=True)
class ExportSize:
    """A size as a person writes it: ``50%``, ``2x``, ``512`` (longest side), ``512w``, ``512h``."""

    number: float
    unit: Literal["x", "px", "w", "h"]

    @classmethod
    def parse(cls, text: str) -> ExportSize:
        """Raises: StudioError."""
        match = _SIZE.fullmatch(text.strip())
        number = float(match["number"].replace(",", ".")) if match else 0.0
        if match is None or number <= 0:
            raise StudioError(
                f"“{text}” is no size.", "Write 50%, 2x, 512 (longest side), 512w or 512h."
            )
        unit = match["unit"].lower()
        if unit == "%":
            return cls(number / 100, "x")
        return cls(number, {"×": "x", "": "px"}.get(unit, unit))  # type: ignore[arg-type]

    def of(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in px that a picture gets.

        Raises:
            StudioError: larger than any picture may be.
        """
        base = {"x": 1, "px": max(width, height), "w": width, "h": height}[self.unit]
        scale = self.number / base
        size = max(1, round(width * scale)), max(1, round(height * scale))
        if max(size) > LARGEST:
            raise StudioError(f"{max(size)} px are too many.", f"Stay below {LARGEST} px a side.")
        return size

    @property
    def tag(self) -> str:
        """What tells files of several sizes apart: ``@2x``, ``-512``."""
        if self.unit == "x":
            return "" if self.number == 1 else f"@{self.number:g}x"
        return f"-{self.number:g}{self.unit.removeprefix('px')}"


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """Everything that there is to decide of an export."""

    folder: Path
    name: str
    suffix: str = ".png"
    subject: Subject = "canvas"
    sizes: tuple[str, ...] = ("100%",)
    nearest: bool = False
    options: WriteOptions = field(default_factory=WriteOptions)

    @classmethod
    def of_file(cls, file: Path) -> ExportPlan:
        """The whole canvas as it is."""
        return cls(file.parent, file.stem, file.suffix.lower())

    @property
    def is_icon(self) -> bool:
        return self.suffix in ICONS

    @property
    def files(self) -> tuple[Path, ...]:
        """Where the pictures go, in the order of the sizes; one for all sizes of an icon.

        Raises:
            StudioError: a size that is none.
        """
        sizes = dict.fromkeys(ExportSize.parse(text) for text in self.sizes)
        single = self.is_icon or len(sizes) == 1
        tags = [""] if single else [size.tag for size in sizes]
        return tuple(self.folder / f"{self.name}{tag}{self.suffix}" for tag in tags)

    def outputs(self, picture: Image, control: RunControl) -> Iterator[Image]:
        """`picture` in each of the sizes, in their order without those that come twice.

        Raises:
            StudioError: a size that is none.
            Cancelled: `control` was cancelled.
        """
        for size in dict.fromkeys(ExportSize.parse(text) for text in self.sizes):
            control.check()
            width, height = size.of(picture.shape[1], picture.shape[0])
            scaled = resampled(picture, width, height, nearest=self.nearest)
            yield _squared(scaled) if self.is_icon else scaled

    def to_json(self) -> dict[str, Any]:
        """All but where it goes."""
        return {
            "suffix": self.suffix,
            "subject": self.subject,
            "sizes": list(self.sizes),
            "nearest": self.nearest,
            "options": to_json(self.options),
        }

    def with_json(self, data: object) -> ExportPlan:
        """The plan as it was kept; what makes no sense (any more) stays as it is here."""
        if not isinstance(data, dict):
            return self
        try:
            plan = replace(
                self,
                suffix=str(data["suffix"]),
                subject=data["subject"],
                sizes=tuple(str(text) for text in data["sizes"]),
                nearest=bool(data["nearest"]),
                options=from_json(WriteOptions, data["options"]),
            )
            plan.files  # noqa: B018  (raises)
        except (KeyError, TypeError, ValueError, AttributeError, StudioError):
            return self
        legal = plan.suffix in FORMATS and plan.subject in get_args(Subject) and plan.sizes
        return plan if legal else self


def with_options(options: WriteOptions, values: Mapping[str, Any]) -> WriteOptions:
    """The options with some replaced, given as JSON data."""
    return from_json(WriteOptions, {**to_json(options), **values})


def picture_of(
    document: Document, subject: Subject, layer: Layer | None, control: RunControl
) -> Image:
    """What is exported, at full size.

    Raises:
        StudioError: there is no layer, or nothing is selected.
        Cancelled: `control` was cancelled.
    """
    if subject == "layer":
        if layer is None:
            raise StudioError("There is no layer to export.", "Select one first.")
        return render_single_layer(layer, document, control)
    image = render_document(document, control)
    if subject == "canvas":
        return image
    if document.selection is None:
        raise StudioError("Nothing is selected.", "Select something, or export the canvas.")
    mask = document.selection.read()
    bounds = _bounds(mask)
    part = image[bounds.slices].copy()
    part[..., 3:] *= mask[bounds.slices]
    return part


def write_export(
    plan: ExportPlan, document: Document, layer: Layer | None, control: RunControl
) -> Iterator[Path]:
    """Write every file of `plan`, and name each once it is there.

    Raises:
        StudioError: nothing to export, a size or format that is none, or the disk refused.
        Cancelled: `control` was cancelled; what was named is there.
    """
    picture = picture_of(document, plan.subject, layer, control)
    outputs = plan.outputs(picture, control)
    if plan.is_icon:
        write_icon(plan.files[0], list(outputs))
        yield plan.files[0]
        return
    shown = document
    if plan.subject == "layer" and layer is not None:
        shown = replace(document, layers=(replace(layer, visible=True),))
    recipe = document_recipe(document) if plan.subject == "canvas" else None
    source = digital_source(shown)
    for file, image in zip(plan.files, outputs, strict=True):
        write_image(file, image, recipe, source, plan.options)
        yield file


def _squared(image: Image) -> Image:
    """In the middle of a transparent square."""
    height, width, _ = image.shape
    side = max(height, width)
    square = np.zeros((side, side, 4), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = to_rgba(image)
    return square


def _bounds(mask: Image) -> Rect:
    rows, columns = (np.flatnonzero(mask[..., 0].any(axis=axis)) for axis in (1, 0))
    return Rect.from_edges(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
