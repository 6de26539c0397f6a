"""The desk in Discord, tried on a Discord of our own."""
