"""Formal messages to customers: what each kind says, and its way there."""
