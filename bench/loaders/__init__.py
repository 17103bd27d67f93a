"""Which readers of others load what a run writes."""
