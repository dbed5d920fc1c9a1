"""The one engine of the program, made when it is first needed, on whichever lane asks first."""

from __future__ import annotations

import threading
from collections.abc import Callable

from studio.engine.api import Engine, load_engine


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
