"""One check a file; each holds a `Check`."""
