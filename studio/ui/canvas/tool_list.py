"""All tools, in the order of the tool rail: each file of `studio.ui.canvas.tools` may bring one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from studio.core.registry import Registry
from studio.ui.canvas.tools.tool import ToolInfo

FOUND: Registry[ToolInfo] = Registry("studio.ui.canvas.tools", ToolInfo, "tool")
TOOLS: tuple[ToolInfo, ...] = tuple(sorted(FOUND, key=lambda tool: tool.rank))


def groups() -> Iterator[Iterator[ToolInfo]]:
    """The tools by the tens of their ranks."""
    return (tools for _, tools in groupby(TOOLS, key=lambda tool: tool.rank // 10))
