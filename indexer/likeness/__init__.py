"""Near-duplicates: a signature of each document, and groups of documents alike."""

from indexer.likeness.clusters import Candidate, clusters
from indexer.likeness.signature import likeness_of

__all__ = ["Candidate", "clusters", "likeness_of"]
