"""The hourly rollup: raw points become one point a series and hour, kept for years."""
