"""Saved searches: what is asked of which service, what came, what is new since the last time."""
