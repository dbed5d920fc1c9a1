"""A guard against a broken binding: PySide6 6.12.0 dropped references to None, True and False.

Each void call into Qt cost one of None's; after some thousand the interpreter aborted. That is why
`pyproject.toml` leaves that version out. (From Python 3.12 on these objects are immortal.)
"""

from __future__ import annotations

import subprocess
import sys

import pytest

# Run apart, so that an abort fails this test instead of ending them all.
EXERCISE = """
import sys
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLabel

class Speaker(QObject):
    said = Signal(int)

app = QApplication([])
label, timer, speaker, heard = QLabel(), QTimer(), Speaker(), []
speaker.said.connect(heard.append)
calls = {
    "void": lambda: label.setText("x"),
    "bool": lambda: label.isVisible() or label.isEnabled(),
    "signal": lambda: speaker.said.emit(1),
    "events": lambda: app.processEvents(),
    "timer": lambda: timer.stop(),
}
before = {value: sys.getrefcount(value) for value in (None, True, False)}
for _ in range(6000):
    calls[sys.argv[1]]()
for value, count in before.items():
    lost = count - sys.getrefcount(value)
    if lost > 500:
        sys.exit(f"{lost} references to {value} were lost")
"""


@pytest.mark.parametrize("call", ["void", "bool", "signal", "events", "timer"])
def test_calls_into_qt_keep_references(call):
    result = subprocess.run(
        [sys.executable, "-c", EXERCISE, call], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
