"""Mails of the provider itself to people: formal notices, links to reset a password."""
