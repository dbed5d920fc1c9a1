"""The parts of the training panel: what is asked before a run, and what is seen of it."""
