"""What the service does by the clock, in a process of its own."""
