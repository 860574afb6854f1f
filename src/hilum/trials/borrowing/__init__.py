"""From published case series to a prior, and what a prior is worth in a trial."""
