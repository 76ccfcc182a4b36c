"""A simulated government portal with the traits that break naive crawlers, over real HTTP.

docs/crawling-traits.md lists the traits with the tests that cover them.
"""
