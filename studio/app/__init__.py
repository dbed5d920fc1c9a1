"""Sessions between the window and the rest: QtCore and QtGui, no widgets, no torch."""
