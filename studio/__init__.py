"""Latent Studio: train image models on your own pictures, explore them, edit the results."""

__version__ = "0.1.0"
