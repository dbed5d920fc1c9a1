"""The export sheet: what is chosen is the plan, and what it comes to is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.export_plan import ExportPlan, write_export
from studio.app.export_preview import ExportPreview, Measured
from studio.app.lanes import Lane
from studio.codec.write import ICONS
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.core.raster import Raster
from studio.ui.dialogs.export import ExportSheet
from tests.support.pictures import gradient
from tests.support.waiting import wait_for


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    lane = Lane("edits")
    yield lane
    lane.close()


@pytest.fixture
def layer() -> Layer:
    return Layer(Raster.from_image(gradient(0, 60)))


@pytest.fixture
def open_sheet(qtbot: QtBot, lane: Lane, layer: Layer) -> Callable[[ExportPlan], ExportSheet]:
    def make(plan: ExportPlan) -> ExportSheet:
        preview = ExportPreview(Document(80, 60, (layer,)), layer, lane)
        subjects = {"canvas": True, "layer": True, "selection": False}
        sheet = ExportSheet(plan, subjects, preview)  # type: ignore[arg-type]
        qtbot.addWidget(sheet)
        sheet.show()
        return sheet

    return make


def test_the_sheet_shows_a_plan_and_gives_it_back(
    open_sheet: Callable[[ExportPlan], ExportSheet], tmp_path: Path
) -> None:
    plan = ExportPlan(tmp_path, "Otter", ".webp", "layer", ("2x", "64"), nearest=True)
    sheet = open_sheet(plan)
    assert sheet.plan == plan
    sheet.format.button(".jpg").click()
    sheet.form.row("quality").slider.changed.emit(40.0)  # type: ignore[union-attr]
    sheet.subject.button("canvas").click()
    assert sheet.plan.options.quality == 40
    assert (sheet.plan.suffix, sheet.plan.subject) == (".jpg", "canvas")


def test_only_the_options_of_the_format_are_offered(
    open_sheet: Callable[[ExportPlan], ExportSheet], tmp_path: Path
) -> None:
    sheet = open_sheet(ExportPlan(tmp_path, "Otter"))
    names = ("quality", "lossless", "deep", "background", "metadata")
    shown = lambda: {name for name in names if sheet.form.row(name).isVisible()}  # noqa: E731
    assert shown() == {"metadata"}
    sheet.format.button(".jpg").click()
    assert shown() == {"quality", "background", "metadata"}
    sheet.format.button(".ico").click()
    assert shown() == set()
    assert len(sheet.plan.sizes) == 7


def test_the_size_that_is_told_is_the_size_of_the_file(
    qtbot: QtBot,
    open_sheet: Callable[[ExportPlan], ExportSheet],
    layer: Layer,
    tmp_path: Path,
) -> None:
    sheet = open_sheet(ExportPlan(tmp_path, "Otter", ".jpg", sizes=("1x", "2x")))
    wait_for(qtbot, lambda: all(row.facts.text() for row in sheet.sizes.rows))
    files = list(write_export(sheet.plan, Document(80, 60, (layer,)), layer, RunControl()))
    for row, file, px in zip(sheet.sizes.rows, files, ("80 × 60", "160 × 120"), strict=True):
        nbytes = file.stat().st_size
        told = f"{nbytes} bytes" if nbytes < 1000 else f"{nbytes / 1000:.0f} KB"
        assert row.facts.text() == f"{px} px · {told}"
    image = sheet.view.image()
    assert image is not None
    assert image.width() == 160


@pytest.mark.parametrize("suffix", ICONS)
def test_the_sizes_of_an_icon_come_to_the_size_of_its_file(
    qtbot: QtBot, lane: Lane, layer: Layer, tmp_path: Path, suffix: str
) -> None:
    plan = ExportPlan(tmp_path, "Otter", suffix, sizes=("256", "16", "32"))
    preview = ExportPreview(Document(80, 60, (layer,)), layer, lane)
    found: list[Measured] = []
    preview.measured.connect(found.append)
    preview.request(plan)
    wait_for(qtbot, lambda: len(found) == 3)
    (file,) = write_export(plan, Document(80, 60, (layer,)), layer, RunControl())
    assert sum(size.nbytes for size in found) == file.stat().st_size
    assert [size.image is not None for size in found] == [True, False, False]


def test_files_that_exist_are_told_before_they_are_replaced(
    open_sheet: Callable[[ExportPlan], ExportSheet], tmp_path: Path
) -> None:
    sheet = open_sheet(ExportPlan(tmp_path, "Otter"))
    assert sheet.export_button.text() == "Export"
    (tmp_path / "Otter 2.png").touch()
    sheet.name.setText("Otter 2 ")
    assert sheet.export_button.text() == "Replace"
    sheet.sizes.set_sizes(("1x", "2x", "3x"))
    sheet.sizes.changed.emit()
    assert sheet.export_button.text() == "Replace 3 files"
    sheet.name.setText(" ")
    assert not sheet.export_button.isEnabled()


def test_what_is_no_size_cannot_be_exported(
    open_sheet: Callable[[ExportPlan], ExportSheet], tmp_path: Path
) -> None:
    sheet = open_sheet(ExportPlan(tmp_path, "Otter"))
    sheet.sizes.rows[0].field.setText("huge")
    assert not sheet.export_button.isEnabled()
    assert "50%" in sheet.sizes.rows[0].facts.text()
    sheet.sizes.rows[0].field.setText("50%")
    assert sheet.export_button.isEnabled()
