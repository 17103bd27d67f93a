"""Intermediate results on disk: columns that can be mapped into memory, and the folder that keeps them by content."""
