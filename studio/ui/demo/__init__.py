"""The main job of the studio without a person: `run_demo` works the real window."""

from __future__ import annotations

from studio.ui.demo.run import run_demo

__all__ = ["run_demo"]
