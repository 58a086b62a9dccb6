"""The 98 municipalities and the parties of Denmark, and how to find them in text."""
