"""The desk's speed beside its peers; `python -m tests.benchmarks.speed` prints the table."""
