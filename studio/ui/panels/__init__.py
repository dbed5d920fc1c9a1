"""One dock of the main window per file."""
