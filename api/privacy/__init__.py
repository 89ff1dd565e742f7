"""What is held about a contract: all of it as a file, its erasure, and what may leave without names."""
