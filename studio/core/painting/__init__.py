"""Paint on rasters, in numpy alone: a path becomes dabs, dabs become coverage, coverage pixels."""
