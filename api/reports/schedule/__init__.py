"""Reports that are made by the clock: which are due, whose turn it is, and making them."""
