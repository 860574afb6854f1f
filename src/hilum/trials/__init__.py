"""Designs, simulation and value of information for the study that is missing."""
