"""How well pages are cleaned, next to what else does it: `python -m bench.quality`."""
