"""Diagnosis reports: one month of one contract as HTML and PDF, with its inputs frozen beside it."""
