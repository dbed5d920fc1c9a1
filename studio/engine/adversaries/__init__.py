"""Adversarial losses: each file adds one."""
