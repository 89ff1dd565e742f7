"""Checks of what the site names: does it answer, how fast, and how long is its certificate still good."""
