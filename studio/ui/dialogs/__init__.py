"""Questions and sheets: each in its own file."""
