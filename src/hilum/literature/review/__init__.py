"""A review as a folder of plain files that lives in git."""
