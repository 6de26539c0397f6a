"""Callboard in Slack, shown against a Slack of our own."""
