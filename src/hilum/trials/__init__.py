"""Designs, simulation and value of information for the study that is missing."""
"""Designing the study that is missing: arrays and numbers in, designs out; no files, no pages."""
