"""Fixtures for the tests of the outbox: the mail route's certificate."""

from tests.adapters.conftest import tls

__all__ = ["tls"]
