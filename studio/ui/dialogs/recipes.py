"""The recipes of edits that were kept: apply one, or take it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.app.edit_recipes import EditRecipes, spoken_steps
from studio.errors import StudioError
from studio.ui.dialogs.sheet import Sheet, text_label
from studio.ui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from studio.project.edit_recipes import EditRecipe

_EMPTY = "There are none yet. Give a layer some edits, then choose Adjust, Save Edits as Recipe."


class RecipeSheet(Sheet):
    """`chosen` is the recipe to apply, once it was accepted."""

    def __init__(self, recipes: EditRecipes, parent: QWidget | None = None) -> None:
        super().__init__("Recipes", parent, "Edits that were kept under a name.")
        self.setMinimumWidth(460)
        self._recipes = recipes
        self._shown: tuple[EditRecipe, ...] = ()
        self.list = RowList(picture=0)
        self.list.setAccessibleName("Recipes")
        self.list.setMinimumHeight(220)
        self._empty = text_label(_EMPTY, "secondary")
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self._empty)
        self.remove_button = self.add_button("Remove")
        self.add_button("Cancel").clicked.connect(self.reject)
        self.apply_button = self.add_button("Apply", "primary")
        self.remove_button.clicked.connect(self._remove)
        self.apply_button.clicked.connect(self.accept)
        self.list.opened.connect(lambda _place: self.accept())
        self._show()

    @property
    def chosen(self) -> EditRecipe | None:
        place = self.list.currentIndex().row()
        return self._shown[place] if 0 <= place < len(self._shown) else None

    def _remove(self) -> None:
        if self.chosen is None:
            return
        try:
            self._recipes.remove(self.chosen)
        except StudioError as error:
            self._empty.setText(str(error))
            self._empty.show()
            return
        self._show()

    def _show(self) -> None:
        self._shown = self._recipes.all()
        self.list.set_rows([Row(item.name, spoken_steps(item.steps)) for item in self._shown])
        if self._shown:
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        self.list.setVisible(bool(self._shown))
        self._empty.setVisible(not self._shown)
        self.remove_button.setEnabled(bool(self._shown))
        self.apply_button.setEnabled(bool(self._shown))
