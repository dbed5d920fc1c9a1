"""The window: QtWidgets only. Renders what sessions hold and calls their methods."""
