"""From a page or a file to an article with typed blocks and passages."""
