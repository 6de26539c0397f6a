"""What the desk says, and how each route writes it."""
