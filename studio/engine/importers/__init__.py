"""One file for each format of other programs; `studio.engine.importer.IMPORTERS` finds them."""
