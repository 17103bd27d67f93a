"""Speed and memory of the whole program: against peers that do the same job, by size, by workers, run again."""
