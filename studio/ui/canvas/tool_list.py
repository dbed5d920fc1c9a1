"""All tools, in the order of the tool rail."""

from __future__ import annotations

from studio.ui.canvas.tools.crop import CROP
from studio.ui.canvas.tools.hand import HAND
from studio.ui.canvas.tools.move import MOVE
from studio.ui.canvas.tools.select import LASSO, SELECT_ELLIPSE, SELECT_RECT
from studio.ui.canvas.tools.tool import ToolInfo
from studio.ui.canvas.tools.zoom import ZOOM

TOOLS: tuple[ToolInfo, ...] = (MOVE, CROP, SELECT_RECT, SELECT_ELLIPSE, LASSO, HAND, ZOOM)
