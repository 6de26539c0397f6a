"""What the desk remembers: tables, named queries, and the threads they run in."""
