"""The engine's contract, free of torch: values, events and protocols.

Whoever iterates decides where it runs: a QThread, the command line, a test. Stop iterating (close
the iterator) and the engine cleans up and writes its checkpoint.
"""

from studio.engine.api.art import LARGEST_PAINTING, Painted, StyleSettings, TextureSettings
from studio.engine.api.checkpoints import KeptCheckpoint, best_of, branch, kept_checkpoints
from studio.engine.api.dataset import (
    ASPECTS,
    CROP_POLICIES,
    DATASET_FILE,
    PIXELS_FILE,
    SIZES,
    Aspect,
    CropPolicy,
    DatasetEvent,
    DatasetInfo,
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    LeftOut,
    SkippedFile,
    frame_of,
    open_dataset,
    read_dataset,
)
from studio.engine.api.doctor import (
    Advice,
    Examination,
    ExaminationEvent,
    Examining,
    Finding,
    Suspect,
    read_examination,
    write_examination,
)
from studio.engine.api.engine import (
    Engine,
    load_engine,
)
from studio.engine.api.models import (
    MODEL_KEY,
    Abilities,
    FamilyCard,
    Generator,
    ModelCard,
)
from studio.engine.api.recipes import (
    RECIPES,
    Recipe,
    recipe,
)
from studio.engine.api.steering import DirectionsFound
from studio.engine.api.training import (
    Checkpointed,
    Finished,
    FinishReason,
    Measured,
    Progress,
    Sampled,
    Started,
    StepDone,
    TrainingEvent,
    TrainingRun,
    Warned,
)
from studio.engine.health.report import HealthReport, Nearest, Verdict

__all__ = [
    "ASPECTS",
    "CROP_POLICIES",
    "DATASET_FILE",
    "LARGEST_PAINTING",
    "MODEL_KEY",
    "PIXELS_FILE",
    "RECIPES",
    "SIZES",
    "Abilities",
    "Advice",
    "Aspect",
    "Checkpointed",
    "CropPolicy",
    "DatasetEvent",
    "DatasetInfo",
    "DatasetProgress",
    "DatasetReady",
    "DatasetSpec",
    "DirectionsFound",
    "Engine",
    "Examination",
    "ExaminationEvent",
    "Examining",
    "FamilyCard",
    "Finding",
    "FinishReason",
    "Finished",
    "Generator",
    "HealthReport",
    "KeptCheckpoint",
    "LeftOut",
    "Measured",
    "ModelCard",
    "Nearest",
    "Painted",
    "Progress",
    "Recipe",
    "Sampled",
    "SkippedFile",
    "Started",
    "StepDone",
    "StyleSettings",
    "Suspect",
    "TextureSettings",
    "TrainingEvent",
    "TrainingRun",
    "Verdict",
    "Warned",
    "best_of",
    "branch",
    "frame_of",
    "kept_checkpoints",
    "load_engine",
    "open_dataset",
    "read_dataset",
    "read_examination",
    "recipe",
    "write_examination",
]
