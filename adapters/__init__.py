"""What talks to the world: each module knows one outside system, and none holds a rule."""
