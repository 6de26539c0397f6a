"""The answers: what the desk says to a command, in words that every front end renders."""
