"""Values and pure functions that everything else is made of. numpy and the standard library."""
