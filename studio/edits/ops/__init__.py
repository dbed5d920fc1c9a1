"""One file per edit operation; `studio.edits.operation.OPERATIONS` finds them."""
