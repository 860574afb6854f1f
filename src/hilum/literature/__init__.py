"""What is read from papers, before it is evidence."""
