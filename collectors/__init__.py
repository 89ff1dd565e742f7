"""What runs on a customer's site: the agent, the probe, their inputs, and the catalogue of all they collect."""

__version__ = "0.1.0"
