"""The use cases, each on a whole desk."""
