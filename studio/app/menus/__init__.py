"""The command table, one file a menu; `studio.app.actions` puts them together."""
