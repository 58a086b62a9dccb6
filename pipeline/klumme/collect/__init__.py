"""From a source to stored pages: discover, ask permission, fetch, archive."""
