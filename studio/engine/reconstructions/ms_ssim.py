"""Structural similarity at several scales, mixed with absolute error."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from studio.engine.losses import laplace_cost, ms_ssim
from studio.engine.reconstruction import Reconstruction

_STRUCTURE = 0.84  # share of MS-SSIM, as Zhao et al. 2017 found best


def cost(output: Tensor, real: Tensor) -> Tensor:
    """The mix of Zhao et al. 2017, section III.D, in the place of the error of a Laplace."""
    absolute = functional.l1_loss(output, real) / 2.0  # as of pictures in [0, 1]
    mixed = _STRUCTURE * (1.0 - ms_ssim(output, real)) + (1.0 - _STRUCTURE) * absolute
    return output[0].numel() * laplace_cost(mixed)


MS_SSIM = Reconstruction(
    "ms_ssim",
    "Structure and error (MS-SSIM)",
    "for textures and fabrics: contrast and texture as the eye sees them, colors less exact.",
    cost,
)
