"""What the desk mirrors elsewhere, beside its notices; nothing waits for it."""
