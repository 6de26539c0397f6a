"""Several processes on one database: what they share, and what becomes of one that dies."""
