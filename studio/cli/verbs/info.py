"""``info``: what a model, a project or a picture with a recipe says of itself."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from studio.cli.verb import Verb
from studio.engine.api import FOREIGN_SUFFIXES, MODEL_SUFFIX
from studio.errors import StudioError


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a model, a project folder, or an exported picture"
    )
    parser.add_argument("--json", action="store_true", help="print as JSON")


def _run(options: argparse.Namespace) -> int:
    facts = describe(options.file)
    if options.json:
        print(json.dumps(facts, indent=1))
    else:
        print("\n".join(_lines(facts)))
    return 0


def describe(path: Path) -> dict[str, Any]:
    """Facts about a model, a project folder or a picture, as JSON data.

    Raises:
        StudioError: it is none of these, or damaged.
    """
    if not path.exists():
        raise StudioError(f"There is no file or folder “{path}”.", "Check the path.")
    if path.is_dir():
        return _project(path)
    if path.suffix.lower() == MODEL_SUFFIX:
        return _model(path)
    if path.suffix.lower() in FOREIGN_SUFFIXES:
        return _foreign_model(path)
    return _picture(path)


def _model(path: Path) -> dict[str, Any]:
    from studio.core.files import sha256_of
    from studio.project.library import read_header

    facts: dict[str, Any] = {"kind": "model", "sha256": sha256_of(path)}
    for key, text in read_header(path).items():
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        facts.update(value if isinstance(value, dict) else {key: value})
    return facts


def _foreign_model(path: Path) -> dict[str, Any]:
    from studio.engine.importer import describe

    return {"kind": "model to import", **describe(path)}


def _project(folder: Path) -> dict[str, Any]:
    from studio.core.files import read_json
    from studio.project.project import RUNS
    from studio.project.recent import DATASET, MANIFEST

    if not (folder / MANIFEST).is_file():
        raise StudioError(
            f"“{folder.name}” is not a project folder.", "For a model, name its .safetensors file."
        )
    manifest = read_json(folder / MANIFEST)
    try:
        facts = {
            "kind": "project",
            "name": str(manifest["name"]),
            "version": str(manifest["app"]),
            **_document(manifest["document"]),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise StudioError(f"The project “{folder.name}” is damaged.", "Open it anyway.") from error
    if (folder / DATASET).is_dir():
        facts["dataset"] = _dataset(folder / DATASET)
    facts["training runs"] = sum(item.is_dir() for item in folder.glob(f"{RUNS}/*"))
    return facts


def _dataset(folder: Path) -> dict[str, Any]:
    from studio.engine.api import read_dataset

    info = read_dataset(folder)
    return {
        "pictures": info.count,
        "size": f"{info.width} × {info.height} px",
        "transparency": "kept" if info.channels == 4 else "none",
        "crop": info.crop,
        "classes": list(info.classes),
        "captions": sum(map(bool, info.captions)),
        "skipped": len(info.skipped),
        "fingerprint": info.fingerprint,
    }


def _picture(path: Path) -> dict[str, Any]:
    from studio.codec.recipe import read_recipe

    recipe = read_recipe(path)
    if recipe is None:
        return {"kind": "picture", "recipe": "none"}
    try:
        document = _document(recipe["document"])
    except (KeyError, TypeError, AttributeError) as error:
        raise StudioError(f"The recipe in “{path.name}” is damaged.") from error
    source = str(recipe.get("source", "")) or "no generated pixels"
    return {"kind": "picture", "made by": str(recipe.get("app")), "source": source, **document}


def _document(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "canvas": f"{data['width']} × {data['height']} px",
        "layers": [_layer(layer) for layer in data["layers"]],
    }


def _layer(data: Mapping[str, Any]) -> dict[str, Any]:
    provenance = data["provenance"]
    facts: dict[str, Any] = {"name": str(data["name"]), "made": str(provenance["kind"])}
    if provenance.get("model"):
        facts["model"] = str(provenance["model"])
        facts["latent"] = provenance["point"]
    facts["edits"] = [str(step["operation"]) for step in data["edits"]]
    return facts


def _lines(facts: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """One fact a line; lists of facts are numbered and indented."""
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _lines(value, indent + "  ")
        elif value and isinstance(value, list) and isinstance(value[0], Mapping):
            for number, item in enumerate(value, 1):
                yield f"{indent}{key} {number}:"
                yield from _lines(item, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{key}: {', '.join(map(str, value)) or 'none'}"
        else:
            yield f"{indent}{key}: {value}"


VERB = Verb("info", "show what a model, project or exported picture is made of", _arguments, _run)
