"""The parts of the explorer's Steer page: one file each."""
