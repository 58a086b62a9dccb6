"""Codebook, labels, theme models, and the tagging of passages."""
