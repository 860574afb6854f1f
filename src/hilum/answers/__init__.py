"""Which published figures answer which question about which patient."""
