"""How values are shown to people on pages and in reports: words, numbers with units, bars and lines."""
