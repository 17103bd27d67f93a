"""Clean scraped text and HTML into normalised JSONL, with a ledger of everything removed."""

__version__ = "0.1.0"
