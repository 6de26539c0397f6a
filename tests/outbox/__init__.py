"""The outbox: what is told to whom, in which order, and what is left after a crash."""
