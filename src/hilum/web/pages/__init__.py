"""Pages by subject: what is asked in, a response out."""
