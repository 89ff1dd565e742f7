"""Who may do what: install IDs, device tokens, people, and the rules by which they come in."""
