"""Every adapter, against the thing it adapts to."""
