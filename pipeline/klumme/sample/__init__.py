"""The embedded sample column: read its source files, render them as a web site, serve it on loopback."""
