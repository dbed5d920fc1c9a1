"""Edit operations and their evaluation: pure functions on images. Knows no Qt and no torch."""
