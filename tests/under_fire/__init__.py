"""The desk under fire: what a whole desk does while its database, its clock or its machine fail."""
