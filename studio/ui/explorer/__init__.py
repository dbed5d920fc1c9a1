"""The pages of the latent explorer: grid, pad, interpolation, favorites."""
