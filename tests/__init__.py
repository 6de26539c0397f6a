"""The desk's tests, laid out like the code they test."""
