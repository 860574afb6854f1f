"""From full texts to rows of the evidence tables: each extractor's files, compared, accepted."""
