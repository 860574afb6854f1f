"""Trials of one group: two-stage, multi-stage, Bayesian, survival at a landmark."""
