"""The flow of a review: from records found to studies included, every count with its records."""
