"""The gate at work: hooks of streaming servers answered, connections ended when they must be."""
