"""The command line: one command per file, and the one place where an error becomes a message."""
