"""Pictures decoded once into a dataset folder that training maps into memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from studio.codec.read import PICTURE_SUFFIXES, read_pixels8
from studio.core.control import RunControl
from studio.core.files import (
    atomic_folder,
    files_below,
    sha256_of,
    told_as_studio_error,
    write_json_atomic,
)
from studio.core.image import Pixels8, from_pixels8
from studio.core.pulse import Pulse
from studio.engine.api import (
    DATASET_FILE,
    PIXELS_FILE,
    DatasetEvent,
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    SkippedFile,
    frame_of,
    read_dataset,
)
from studio.engine.doctor.bars import without_bars
from studio.engine.framing import framed, on_white, with_alpha
from studio.engine.labels import Note, Notes, captions_of, classes_of
from studio.engine.survey import common_aspect, has_clear_parts, mostly_transparent
from studio.errors import StudioError

# Pictures that people do have in their folders and that cannot be read: named, not passed over.
_FOREIGN_SUFFIXES = frozenset(
    (
        *(".heic", ".heif", ".jxl", ".jp2", ".psd", ".xcf", ".kra", ".svg", ".eps", ".tga"),
        *(".exr", ".hdr", ".ico", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".raf"),
    )
)
_DECODERS = min(4, os.cpu_count() or 1)


def build_dataset(spec: DatasetSpec, folder: Path, control: RunControl) -> Iterator[DatasetEvent]:
    """Decode the pictures of `spec` into `folder`, which is replaced once everything is done.

    Progress comes at most 20 times a second. Cancelling, or closing the iterator, leaves what was
    there before.

    Raises:
        StudioError: a source does not exist, or no picture could be read.
        Cancelled: `control` was cancelled.
    """
    files = find_pictures(spec.sources)
    job = _Job(spec, _form_of(spec, files, control), Notes(spec.sources, files))
    with atomic_folder(folder) as temp:
        intake = _Intake(job)
        pulse = Pulse(0.05)
        with (
            (temp / PIXELS_FILE).open("wb") as out,
            contextlib.closing(_decoded(files, job)) as pictures,
        ):
            for done, picture in enumerate(pictures, 1):
                control.check()
                taken = intake.take(picture)
                if taken is not None:
                    out.write(taken.tobytes())
                if pulse.due() or done == len(files):
                    thumbnail = None if taken is None else from_pixels8(taken)
                    yield DatasetProgress(done, len(files), thumbnail)
        intake.require_pictures()
        write_json_atomic(temp / DATASET_FILE, intake.describe())
    yield DatasetReady(read_dataset(folder))


def find_pictures(sources: Sequence[Path]) -> list[Path]:
    """Files named in `sources`, and pictures in its folders, in an order that never changes.

    Hidden files and folders, and files that are no pictures by name, are passed over.

    Raises:
        StudioError: a source does not exist.
    """
    found: dict[Path, None] = {}
    for source in sources:
        root = Path(os.path.abspath(source))  # noqa: PTH100  (resolve() would follow links)
        if root.is_dir():
            found.update(dict.fromkeys(filter(_is_picture, files_below(root))))
        elif root.is_file():
            found[root] = None
        else:
            raise StudioError(
                f"There is no file or folder “{source}”.", "Check the path, or add it again."
            )
    if not found:
        names = ", ".join(source.name or str(source) for source in sources)
        raise StudioError(f"There are no pictures in “{names}”.", "Choose a folder of pictures.")
    return list(found)


def _is_picture(file: Path) -> bool:
    """Whether it is one by its name."""
    suffix = file.suffix.lower()
    return suffix in PICTURE_SUFFIXES or suffix in _FOREIGN_SUFFIXES


class _Form(NamedTuple):
    """What every picture becomes."""

    height: int
    width: int
    alpha: bool


class _Job(NamedTuple):
    """What is to be done with each file."""

    spec: DatasetSpec
    form: _Form
    notes: Notes


def _form_of(spec: DatasetSpec, files: Sequence[Path], control: RunControl) -> _Form:
    """As the spec says; where it leaves that open, as most of the pictures are."""
    aspect = common_aspect(files, control) if spec.aspect is None else spec.aspect
    alpha = mostly_transparent(files, control) if spec.alpha is None else spec.alpha
    return _Form(*frame_of(spec.size, aspect), alpha)


@dataclass(frozen=True)
class _Picture:
    """One file after decoding: pixels ``[H, W, C]``, or the reason why there are none."""

    path: Path
    digest: str = ""
    pixels: Pixels8 | None = None
    reason: str = ""
    source_size: tuple[int, int] = (0, 0)
    note: Note = field(default_factory=Note)
    transparent: bool = False


class _Intake:
    """Keeps the books of one build: what was taken in, what was not and why."""

    def __init__(self, job: _Job) -> None:
        self._spec, self._form = job.spec, job.form
        self._left_out = {item.digest: item.reason for item in job.spec.exclude}
        self._names: list[str] = []
        self._digests: list[str] = []
        self._source_sizes: list[tuple[int, int]] = []
        self._notes: list[Note] = []
        self._transparent = 0
        self._skipped: list[SkippedFile] = list(job.notes.problems)
        self._seen: dict[str, Path] = {}
        self._hash = hashlib.sha256()

    def take(self, picture: _Picture) -> Pixels8 | None:
        """The picture's pixels if it belongs into the dataset, else its reason is noted."""
        reason = picture.reason
        if picture.digest in self._left_out:
            why = f"Left out by you ({self._left_out[picture.digest]})."
            self._skipped.append(SkippedFile(str(picture.path), why, picture.digest))
            return None
        twin = self._seen.setdefault(picture.digest, picture.path) if picture.digest else None
        if not reason and twin != picture.path:
            reason = f"The same picture as “{twin.name if twin else ''}”."
        if reason or picture.pixels is None:
            self._skipped.append(SkippedFile(str(picture.path), reason))
            return None
        self._names.append(picture.path.name)
        self._digests.append(picture.digest)
        self._source_sizes.append(picture.source_size)
        self._notes.append(picture.note)
        self._transparent += picture.transparent
        self._hash.update(picture.pixels.tobytes())
        return picture.pixels

    def require_pictures(self) -> None:
        if self._names:
            return
        count = len(self._skipped)
        what = "The file" if count == 1 else f"None of the {count} files"
        verb = "could not be" if count == 1 else "could be"
        raise StudioError(f"{what} {verb} read as a picture.", self._skipped[0].reason)

    def describe(self) -> dict[str, object]:
        spec, form = self._spec, self._form
        classes, labels = classes_of(self._notes)
        return {
            "count": len(self._names),
            "size": spec.size,
            "height": form.height,
            "width": form.width,
            "channels": 4 if form.alpha else 3,
            "crop": spec.crop,
            "fingerprint": self._hash.hexdigest(),
            "names": self._names,
            "skipped": [asdict(item) for item in self._skipped],
            "sources": [os.path.abspath(source) for source in spec.sources],  # noqa: PTH100
            "digests": self._digests,
            "source_sizes": self._source_sizes,
            "exclude": [asdict(item) for item in spec.exclude],
            "trim": list(spec.trim),
            "aspect": spec.aspect,
            "alpha": spec.alpha,
            "transparent": self._transparent,
            "classes": classes,
            "labels": labels,
            "captions": captions_of(self._notes),
        }


def _decoded(files: Sequence[Path], job: _Job) -> Generator[_Picture, None, None]:
    """Every file decoded, in order, a few ahead on threads: Pillow lets go of the lock."""
    pool = ThreadPoolExecutor(_DECODERS, "decode")
    pending: deque[Future[_Picture]] = deque()
    try:
        for path in files:
            pending.append(pool.submit(_decode, path, job))
            if len(pending) > 2 * _DECODERS:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _decode(path: Path, job: _Job) -> _Picture:
    spec, form = job.spec, job.form
    try:
        with told_as_studio_error(f"“{path.name}” could not be read"):
            digest = sha256_of(path)
        if any(item.digest == digest for item in spec.exclude):
            return _Picture(path, digest)
        pixels = read_pixels8(path, at_least=2 * max(form.height, form.width))
        clear = has_clear_parts(pixels)
        pixels = with_alpha(pixels) if form.alpha else on_white(pixels)
        if digest in spec.trim:
            pixels = without_bars(pixels)
        height, width = pixels.shape[:2]
        small = framed(pixels, form.height, form.width, spec.crop)
        note = job.notes.of(path)
        return _Picture(path, digest, small, "", (width, height), note, clear)
    except StudioError as error:
        return _Picture(path, reason=str(error))
