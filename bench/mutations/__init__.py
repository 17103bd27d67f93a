"""Damaged files of every kind, and what reading makes of them."""
