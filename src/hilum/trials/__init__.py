"""Designing the study that is missing: arrays and numbers in, designs out; no files, no pages."""
