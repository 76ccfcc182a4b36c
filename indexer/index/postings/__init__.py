"""Postings as arrays: what a segment's terms are, made once and mapped by every process."""
