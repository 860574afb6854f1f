"""Screening titles and abstracts: which record next, when to stop, who decided what."""
