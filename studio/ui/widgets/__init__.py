"""Generic widgets that know nothing of the studio: each in its own file."""
