"""The compiled part of answering: loops over postings and documents, without Python's lock."""
