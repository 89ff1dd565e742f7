"""Alert rules as data, what they advise, and their evaluation in Python."""
