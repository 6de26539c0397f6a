"""Each module knows one outside system, and holds no rule of the desk."""
