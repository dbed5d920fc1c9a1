"""``python -m studio``: the window, or a verb of the command line."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module


def main() -> int:
    """Start the window unless the first argument is a verb or an option of the command line."""
    if getattr(sys, "frozen", False):  # in an installed bundle, workers start as this program
        import multiprocessing

        multiprocessing.freeze_support()
    _keep_threads_in_bounds()
    arguments = sys.argv[1:]
    if _is_for_the_window(arguments):
        gc.disable()  # imports leave no garbage worth a tenth of the start; see app/garbage.py
        return int(import_module("studio.ui.main").main(arguments))
    return int(import_module("studio.cli").main(arguments))


def _keep_threads_in_bounds() -> None:
    """What the libraries that compute read when they are loaded; figures from two busy cores.

    NumPy's matrix products start no threads: those would be no lane's, so ahead of all that is
    behind the window, and an examination took 4.8 s of processor time instead of 1.4. Torch's
    (GNU OpenMP) wait for one another by spinning for 0.2 ms instead of 5: if one of two has lost
    its core, the other one burns its own for as long. A VAE's step took 1.5 s instead of 0.6.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def _is_for_the_window(arguments: list[str]) -> bool:
    """No argument, or a project folder; a verb of that name wins over a folder."""
    if not arguments:
        return True
    first = arguments[0]
    if first.startswith("-"):
        return False
    from studio.cli.verb import VERBS

    return first not in VERBS and len(arguments) == 1


if __name__ == "__main__":
    sys.exit(main())
