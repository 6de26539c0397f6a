"""A whole life of reservations, deliveries and crashes, held against a model."""
