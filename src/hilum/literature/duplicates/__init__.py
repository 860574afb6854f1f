"""Duplicates: which records are copies of one report, which reports are of one study."""
