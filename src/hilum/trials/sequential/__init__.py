"""Trials with several analyses, several arms, or arms that come and go."""
