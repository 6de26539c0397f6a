"""Tests of the console: scripts, the dialogue at a terminal, what it keeps and what it shows."""
