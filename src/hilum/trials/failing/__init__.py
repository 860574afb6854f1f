"""Designed trials played where something is not as planned."""
