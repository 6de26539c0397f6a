"""Tests of the ways in: sealed secrets, links, and the credentials people are given."""
