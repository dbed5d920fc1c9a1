"""What a training is doing."""

from __future__ import annotations

from enum import Enum, auto


class TrainingState(Enum):
    IDLE = auto()
    PREPARING = auto()
    RUNNING = auto()
    PAUSED = auto()
    STOPPING = auto()
