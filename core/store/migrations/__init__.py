"""Migrations: how a database of any release comes to be one of this release."""
