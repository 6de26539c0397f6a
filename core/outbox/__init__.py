"""Deliveries: queued with the change they tell of, claimed, sent and recorded."""
