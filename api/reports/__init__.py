"""Diagnosis reports: a month or week of a contract, gathered, frozen, rendered as PDF, HTML and data, and filed."""
