"""Where things live on this machine: the person's data, and what the program ships."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "Latent Studio"


def data_dir() -> Path:
    """The person's data: projects, models, logs. ``STUDIO_DATA_DIR`` replaces it (tests, demo)."""
    override = os.environ.get("STUDIO_DATA_DIR")
    return Path(override) if override else platformdirs.user_data_path(APP_NAME, appauthor=False)


def cache_dir() -> Path:
    """What may be deleted whenever the program does not run."""
    override = os.environ.get("STUDIO_DATA_DIR")
    own = Path(override) / "cache" if override else None
    return own or platformdirs.user_cache_path(APP_NAME, appauthor=False)


def projects_dir() -> Path:
    """Default home of project folders."""
    return data_dir() / "projects"


def models_dir() -> Path:
    """The library of trained models, shared by all projects."""
    return data_dir() / "models"


def starters_dir() -> Path:
    """Models that the program ships, laid out as the library is."""
    return resources_dir() / "models"


def recipes_dir() -> Path:
    """Recipes of edits that the person saved."""
    return data_dir() / "recipes"


def logs_dir() -> Path:
    """Rotating log, crash traces."""
    return data_dir() / "logs"


def resources_dir() -> Path:
    """What the program ships, as icons and samples. Beside the package, in a bundle too."""
    return Path(__file__).resolve().parent.parent / "resources"
