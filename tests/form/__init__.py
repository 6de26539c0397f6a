"""What people write: understood, asked back or refused, never guessed."""
