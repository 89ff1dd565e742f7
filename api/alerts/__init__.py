"""Alert rules at work: what they found, would have found, and with which thresholds."""
