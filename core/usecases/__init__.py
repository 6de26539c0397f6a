"""What people and the clock ask of the desk: one verb a file, one transaction each.

A use case is a plain function of a store, `now`, and what is asked; it never commits.
"""
