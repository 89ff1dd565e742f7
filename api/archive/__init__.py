"""The archive of reports: an append-only store of files by content, and a chain of entries for each contract.

It knows nothing of what a report says or how it is made.
"""
