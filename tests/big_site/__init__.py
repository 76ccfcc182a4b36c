"""A simulated government portal of any size, served on loopback by a process of its own.

Tests and benchmarks share it::

    with BigSite(pages=5000) as site:
        ...                       # crawl site.url
        site.traffic().requests   # what that cost
        site.change(0.01)         # new, rewritten and removed pages
"""

from big_site.client import BigSite, Traffic
from big_site.model import FORBIDDEN, Change, revision_mark

__all__ = ["FORBIDDEN", "BigSite", "Change", "Traffic", "revision_mark"]
