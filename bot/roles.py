"""What a process may be told to do, alone or together."""

ROLES = ("worker", "slack", "discord", "web")
