"""What the status page and the report read from the engine: typed values of one contract, and what they mean."""
