"""The patient room."""
