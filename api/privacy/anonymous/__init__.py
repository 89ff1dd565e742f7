"""Measured values without names, for analysis by third parties."""
