"""What listens, and the process: front ends, settings, wiring and the clock."""
