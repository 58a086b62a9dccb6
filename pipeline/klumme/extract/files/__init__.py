"""Take in what users already have: text, HTML, Word files, and tables of texts."""
