"""The tools of the canvas, one file each; `studio.ui.canvas.tool_list` finds them."""
