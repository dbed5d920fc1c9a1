"""Penalties on the discriminator: each file adds one."""
