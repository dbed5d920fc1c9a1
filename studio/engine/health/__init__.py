"""What a training measures about itself, and the verdict; `report` and `verdict` need no torch."""
