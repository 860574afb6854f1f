"""Bibliographic records: what a search exports, read without loss."""
