"""Versions of the schema, one a file, run by Alembic."""
