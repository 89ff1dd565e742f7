"""Alembic's scripts; `api.schema` runs them, also from an installed package."""
