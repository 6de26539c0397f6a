"""The console: the desk's commands in a terminal, or from a script."""
