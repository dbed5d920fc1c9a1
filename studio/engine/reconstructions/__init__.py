"""Comparisons of a made picture with the real one; see `studio.engine.reconstruction`."""
