"""The desk's decisions: pure functions of values and `now`, answering with reasons."""
