"""All tools, in the order of the tool rail."""

from __future__ import annotations

from studio.ui.canvas.tools.hand import HAND
from studio.ui.canvas.tools.tool import ToolInfo
from studio.ui.canvas.tools.zoom import ZOOM

TOOLS: tuple[ToolInfo, ...] = (HAND, ZOOM)
