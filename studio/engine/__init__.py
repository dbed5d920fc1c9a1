"""Learning and generating. Outside, import only `studio.engine.api`: it knows no torch."""
