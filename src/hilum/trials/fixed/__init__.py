"""Trials with one analysis: proportions, means, survival."""
