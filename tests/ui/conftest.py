"""What the tests of the window share."""

from __future__ import annotations

import pytest

from studio.ui import theme


@pytest.fixture
def dressed(qapp):
    """The application in the dark theme; undressed again, because it outlives the test."""
    before = qapp.styleSheet(), qapp.palette(), qapp.font()
    theme.apply(qapp, theme.DARK)
    yield qapp
    qapp.setStyleSheet(before[0])
    qapp.setPalette(before[1])
    qapp.setFont(before[2])
    qapp.setProperty("studioTheme", None)
