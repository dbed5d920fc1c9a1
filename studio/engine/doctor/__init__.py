"""The dataset doctor: what may be wrong with the pictures, and which changes they can bear."""
