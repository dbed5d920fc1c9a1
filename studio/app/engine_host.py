"""The one engine of the program, made when it is first needed, on whichever lane asks first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from studio.core.params import ParamSpec
from studio.engine.api import Engine, FamilyCard, load_engine


class EngineHost:
    """Gives lanes the engine. Thread-safe; the first `get` imports torch and takes seconds."""

    def __init__(self, load: Callable[[], Engine] = load_engine) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def get(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._load()
            return self._engine


class Around(NamedTuple):
    """What can be trained on, best first, the families, and what can be chosen of each."""

    devices: tuple[str, ...]
    families: dict[str, FamilyCard]
    settings: dict[str, tuple[ParamSpec, ...]]


def look_around(engine: Engine) -> Around:
    families = {family.id: family for family in engine.families()}
    settings = {family: tuple(engine.settings(family)) for family in families}
    return Around(tuple(engine.devices()), families, settings)
