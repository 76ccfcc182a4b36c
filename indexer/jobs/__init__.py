"""Jobs: crawling and indexing as work that is queued, watched, cancelled and remembered."""
