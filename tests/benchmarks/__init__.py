"""Benchmarks: run by hand, each with one command; ratios within one run, never absolute figures."""
