"""Ask the corpus: search, patterns, counts, statistics, exports."""
