"""From stored pages, or files that the user has, to articles, their passages and who wrote them."""
