"""The canvas in the middle of the window."""
