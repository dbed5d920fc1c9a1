"""The stack of edits: its rows and the popup that adds one."""
