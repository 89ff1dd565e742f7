"""Who did what with customers' contracts and data: an append-only log whose entries are chained by their hashes."""
