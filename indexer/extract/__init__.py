"""From the bytes of a response to a document, its links and its problems.

The way of a page: ``filetype`` → ``charset`` → ``dom`` → ``main_text``, ``title``,
``metadata``, ``publication``, ``directory_block``, ``service_guide`` → ``doctype`` →
:class:`~indexer.document.Document`; files go through ``attachments``, sitemaps and feeds
through ``sitemap``, list data through ``json_list`` and ``hanweb``. What leads on is found by
``links``, ``script_links`` and ``paging``; what a page is, by ``soft_error``, ``shell`` and
``page_kind``; what it asks of crawlers, by ``directives``. What is particular to
the field (selectors, labels, wording) lies in ``rules/*.yaml``.
"""

from indexer.extract.model import Extraction, FetchedPage, Link
from indexer.extract.pipeline import EXTRACTION_VERSION, extract

__all__ = ["EXTRACTION_VERSION", "Extraction", "FetchedPage", "Link", "extract"]
