"""Temperatures of the processor and the board."""

from collectors.inputs.temp.declaration import INPUT

__all__ = ["INPUT"]
