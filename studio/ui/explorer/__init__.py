"""The latent explorer: its pages, and what they share."""
