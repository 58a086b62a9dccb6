"""Corpus query language as in CWB and BlackLab: parsed into a tree, compiled to SQL over the inverted file."""
