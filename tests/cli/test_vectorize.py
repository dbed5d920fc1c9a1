from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.cli import main
from studio.codec.write import write_image


def test_a_picture_becomes_paths(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = np.full((40, 60, 3), 0.9, np.float32)
    image[10:30, 20:40] = (0.9, 0.1, 0.1)
    source, target = tmp_path / "in.png", tmp_path / "out.svg"
    write_image(source, image)
    assert main(["vectorize", str(source), str(target), "--colors", "2"]) == 0
    assert "2 colors" in capsys.readouterr().out
    text = target.read_text("utf-8")
    assert text.count("<path") == 2
    assert 'fill="#e61a1a"' in text
    assert main(["vectorize", str(source), str(tmp_path / "out.png")]) == 2
    assert "ends in .svg" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()
    assert main(["vectorize", str(source), str(target), "--colors", "1"]) == 2
