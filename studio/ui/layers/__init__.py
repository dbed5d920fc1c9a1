"""The list of layers: its model and how a row is painted."""
