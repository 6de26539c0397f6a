"""How to get in: credentials, their sealing at rest, and links that cannot be guessed."""
