"""The gateway: the only way by which points reach the engine."""
