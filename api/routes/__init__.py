"""Thin blueprints: read the request, call what knows, shape the answer."""
