"""What this machine can do: devices, number formats, threads. Decided here and nowhere else."""

from __future__ import annotations

import ctypes
import functools
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch.nn import functional

from studio.errors import StudioError

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
PRECISIONS = ("auto", "float32", "bfloat16")
_WORTH_IT = 1.2  # bfloat16 must be this much faster than float32 to be chosen on a CPU


def devices() -> tuple[str, ...]:
    """What can be trained on here, best first."""
    found = ["cuda"] if torch.cuda.is_available() else []
    found += ["mps"] if torch.backends.mps.is_available() else []
    return (*found, "cpu")


def resolve_device(name: str) -> torch.device:
    """The device of that name; ``auto`` is the best one.

    Raises:
        StudioError: this machine has no such device.
    """
    here = devices()
    if name == "auto":
        return torch.device(here[0])
    if name.split(":", maxsplit=1)[0] not in here:
        raise StudioError(
            f"This machine has no device “{name}”.", f"Choose one of: auto, {', '.join(here)}."
        )
    return torch.device(name)


def check_precision(name: str) -> None:
    """Raise `StudioError` if there is no precision of that name."""
    if name not in PRECISIONS:
        raise StudioError(
            f"There is no precision “{name}”.", f"Choose one of: {', '.join(PRECISIONS)}."
        )


def resolve_precision(name: str, device: torch.device) -> str:
    """``float32`` or ``bfloat16`` (mixed: float32 weights); ``auto`` is the faster one."""
    if name != "auto":
        return name
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = device.type == "cpu" and _bfloat16_pays()
    return "bfloat16" if fast else "float32"


def mixed_precision(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Autocast to `precision` on `device`; does nothing for float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


def claim_training_threads() -> int:
    """Set the calling thread up for training and return the number of threads it computes on.

    In the main thread (command line) nothing else wants the machine: everything stays as it is.
    """
    if threading.current_thread() is threading.main_thread():
        _keep_freed_memory()
    else:
        claim_side_threads()
    return torch.get_num_threads()


def claim_side_threads() -> None:
    """Set the calling thread up for work beside others: training in the window, pictures, painting.

    On a worker thread one core is left alone: such work gains little from the last one, and threads
    that wait for one another where the machine is shared slow each other down. On two busy cores a
    picture while a training runs took 95 ms with two threads, 34 with one; a training saw 260
    to 480 pictures a minute with two, 900 to 1,160 with one.
    """
    if threading.current_thread() is not threading.main_thread():
        torch.set_num_threads(max(1, _cores() - 1))


@functools.cache
def _cores() -> int:
    """The threads that torch would use by itself, asked before anything changed that."""
    return torch.get_num_threads()


def _keep_freed_memory() -> None:
    """Let the C library (glibc) keep what a step frees for the next one.

    To give pages back and have them cleared again takes a tenth of the time of a step.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune is not None:
        tune(_M_MMAP_THRESHOLD, 32 << 20)  # the most that it takes
        tune(_M_TRIM_THRESHOLD, 1 << 30)


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether a failure means that memory ran out; on a CPU only its text tells."""
    text = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or any(
        sign in text for sign in ("can't allocate memory", "not enough memory", "alloc_failed")
    )


def free_unused_memory(device: torch.device) -> None:
    """Give back what the allocator caches."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def _bfloat16_pays() -> bool:
    """Time a small convolution in both formats: the answer holds for any make of CPU."""
    x = torch.ones(8, 64, 32, 32).contiguous(memory_format=torch.channels_last)
    weight = torch.ones(64, 64, 3, 3).contiguous(memory_format=torch.channels_last)
    small_x, small_weight = x.bfloat16(), weight.bfloat16()
    single = _best_time(lambda: functional.conv2d(x, weight, padding=1))
    half = _best_time(lambda: functional.conv2d(small_x, small_weight, padding=1))
    return single > _WORTH_IT * half


@torch.no_grad()
def _best_time(work: Callable[[], object], rounds: int = 5) -> float:
    work()
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best
