"""Migrations: how a database of any release comes to be one of this release.

A new one is a file in `versions` with the next number, which `HEAD` in `core.store.schema` is then
raised to. It stands for itself: it imports nothing of ours, for that goes on changing. What it
makes must equal what the tables declare; a test holds the two databases' own catalogues against
each other. On SQLite a table that is made anew (Alembic's batch mode) loses its triggers: put the
veto back.
"""
