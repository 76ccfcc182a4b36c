"""What people searched: counted by query and day, without anything about the people.

* :mod:`indexer.searches.log` counts, in a database of its own;
* :mod:`indexer.searches.kept` says what may be counted at all;
* :mod:`indexer.searches.popular` completes, relates and lists what many searched;
* :mod:`indexer.searches.hidden` holds what staff never want to see suggested.
"""
