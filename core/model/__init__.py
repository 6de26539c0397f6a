"""The desk's words as plain values: no I/O, nothing but the standard library."""
