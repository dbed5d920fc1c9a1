"""The pages of the latent explorer, one file each with a `PAGE`: ways to look."""
