"""A living review: which rows moved, what was promised beforehand, what is told to whom."""
