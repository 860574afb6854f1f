"""Programs that make files of the repository from its sources."""
