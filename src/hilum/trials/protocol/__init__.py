"""The protocol of a trial: what its statistician writes around a design, as data with sources."""
