"""Matching, measured: speed and memory beside its peers, recall and precision, growth."""
