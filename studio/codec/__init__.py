"""Picture files in and out, with Pillow only, which reads what it is given and runs nothing."""
