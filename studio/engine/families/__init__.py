"""One file per model family; `studio.engine.family.FAMILIES` finds them."""
