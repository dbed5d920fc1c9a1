"""``python -m studio``: the window, or a verb of the command line."""

from __future__ import annotations

import multiprocessing
import os
import sys
from importlib import import_module


def main() -> int:
    """Start the window unless the first argument is a verb or an option of the command line."""
    multiprocessing.freeze_support()
    _keep_products_on_one_thread()
    arguments = sys.argv[1:]
    if _is_for_the_window(arguments):
        return int(import_module("studio.ui.main").main(arguments))
    return int(import_module("studio.cli").main(arguments))


def _keep_products_on_one_thread() -> None:
    """NumPy's library for matrix products, which reads this when it is loaded, starts no threads.

    They would be no lane's, so ahead of all that is behind the window, and they wait by spinning:
    with two on a busy machine of two cores an examination takes 4.8 s of processor time, not 1.4.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


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
