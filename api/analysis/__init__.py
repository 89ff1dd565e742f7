"""What a month's data means: grades with reasons, actions, lifecycle; all worked out of a report's inputs alone."""
