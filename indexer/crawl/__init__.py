"""The crawler: asks sites for pages, politely, and puts every answer into the archive."""
