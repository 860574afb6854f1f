"""Clients of public bibliographic services: asked gently, answers kept as they came.

Nothing here is asked unless a person starts a search; what is sent is the saved search alone.
"""
