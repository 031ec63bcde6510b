"""Synthetic threads for measurements: invented texts at the size and skew of a grown board."""
