"""A design as a protocol's synopsis: data only, codes instead of sentences."""
