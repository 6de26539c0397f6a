"""Tests of the commands: their grammar, how they are carried out, and what is answered."""
