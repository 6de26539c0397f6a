"""The claims, one test each, over the real transports."""
