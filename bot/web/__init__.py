"""The web: what the desk serves over HTTP."""
