"""Tests of the store: its schema, the veto, transactions under pressure, and what it keeps."""
