"""``examine``: findings in words, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.cli import main
from tests.support.pictures import make_pictures


def test_a_twin_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from PIL import Image as Pillow

    folder = make_pictures(tmp_path / "pictures", count=12)
    twin = Pillow.open(folder / "picture_004.png").resize((40, 40))
    twin.save(folder / "small twin.png")
    assert main(["examine", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "1 image is nearly the same as another." in out
    assert "small twin.png" in out
    assert "Mirroring:" in out
    assert main(["examine", str(folder), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    kinds = {item["kind"] for item in data["findings"]}
    assert "duplicates" in kinds
    assert len(data["names"]) == 13
