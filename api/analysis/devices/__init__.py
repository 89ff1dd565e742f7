"""Analysis of what devices tell over weeks, an option of a contract: drives, unusual behaviour, use, and capacity."""
