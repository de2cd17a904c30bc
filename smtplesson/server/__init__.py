"""The simulated server."""
