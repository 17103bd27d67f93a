"""What documents have in common, found in partitions: packs on disk, an engine, and columns of numbers in the driver."""
