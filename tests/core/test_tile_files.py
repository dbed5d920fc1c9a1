"""Tiles on the disk are the same pixels, and leave nothing behind."""

import gc

import numpy as np

from studio.core.raster import TILE, Raster
from studio.core.tile_files import TileFiles


def test_a_raster_on_the_disk_reads_the_same_and_the_file_goes_with_it(tmp_path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 700, 4), dtype=np.uint8)
    raster = Raster.from_pixels8(pixels).with_patch(600, 0, np.full((9, 9, 4), 0.3, np.float32))
    raster.level(2)
    expected, half = raster.read(), raster.half().read()
    tiles = list(raster.tiles_of_all_sizes())
    mapped = TileFiles(tmp_path / "cache").put(tiles)
    raster.exchange_tiles({id(a): b for a, b in zip(tiles, mapped, strict=True)})
    assert not any(tile.flags.owndata for tile in raster.tiles_of_all_sizes())
    assert np.array_equal(raster.read(), expected)
    assert np.array_equal(raster.half().read(), half)
    patched = raster.with_patch(5, 5, np.zeros((3, 3, 4), np.uint8))
    assert patched.pixels8()[6, 6].tolist() == [0, 0, 0, 0]
    assert patched.tile((1, 0)) is raster.tile((1, 0))
    (file,) = (tmp_path / "cache").iterdir()
    assert file.stat().st_size >= TILE * TILE * 4 * 4
    del raster, patched, mapped
    gc.collect()
    assert not list((tmp_path / "cache").iterdir())


def test_what_a_killed_process_left_is_swept(tmp_path) -> None:
    (tmp_path / ".tiles.999999999.1.tmp").write_bytes(b"x")
    TileFiles(tmp_path).sweep()
    assert not list(tmp_path.iterdir())
