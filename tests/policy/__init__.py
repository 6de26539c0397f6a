"""Tests of the desk's decisions: tables, and properties against a model that counts minutes."""
