"""The window: QtWidgets only. Renders what sessions hold and calls their methods."""

import builtins

import PySide6.QtCore  # noqa: F401  (replaces Python's import)

# PySide reads the source of every module imported after it, whether it names PySide, to serve
# `from __feature__ import snake_case`, which nothing here does. Without, the first paint comes a
# tenth sooner, torch is imported in two thirds of the time and 39 MB of source stay on the disk.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
