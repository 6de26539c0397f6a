"""TODOdoc."""
