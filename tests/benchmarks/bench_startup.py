"""From the start of the process to the first paint of the window.

    python tests/benchmarks/bench_startup.py [runs]

Baseline: a process that imports numpy and Qt and paints an empty window, which no program of this
kind can beat. Prints both and their ratio; the aim is at most 0.5 s, with nothing heavy imported.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AIM = 0.5  # s
_WINDOW = """
import os, sys, time
from importlib import import_module
import studio.__main__ as program
begun = float(sys.argv.pop())
def stop(*_args):
    heavy = [m for m in sys.modules
             if m in ("torch", "torchvision", "scipy", "safetensors")
             or m.startswith("skimage.") and "._" not in m]
    print(time.time() - begun, heavy, flush=True)
    os._exit(0)
def watched(name):
    module = import_module(name)
    module._after_first_paint = stop
    return module
program.import_module = watched
program.main()
"""
_EMPTY = """
import os, sys, time
import numpy
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, self.stop)
    def stop(self):
        print(time.time() - float(sys.argv[1]), [], flush=True)
        os._exit(0)
app = QApplication([])
window = Window()
window.resize(1600, 1000)
window.show()
app.exec()
"""


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "STUDIO_DATA_DIR": folder, "PYTHONPATH": str(Path.cwd())}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        environment["PYTHONPYCACHEPREFIX"] = folder  # warm means compiled
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        empty, _ = measure(_EMPTY, runs, environment)
        window, heavy = measure(_WINDOW, runs, environment)
    print(f"empty window      {empty:6.3f} s to first paint (median of {runs}, warm)")
    print(f"Latent Studio     {window:6.3f} s, {window / empty:.1f} times the empty window")
    print(f"aim               {AIM:6.3f} s: {'reached' if window <= AIM else 'MISSED'}")
    print(f"heavy modules     {heavy}")
    return 0 if window <= AIM and heavy == "[]" else 1


def measure(program: str, runs: int, environment: dict[str, str]) -> tuple[float, str]:
    """Median seconds, and what the program says of heavy modules; one run first to warm up."""
    seconds, heavy = [], ""
    for _ in range(runs + 1):
        command = [sys.executable, "-c", program, str(time.time())]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        first, _, heavy = done.stdout.strip().partition(" ")
        seconds.append(float(first))
    return statistics.median(seconds[1:]), heavy


if __name__ == "__main__":
    sys.exit(main())
