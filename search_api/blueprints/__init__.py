"""The endpoints, a blueprint for each concern."""

from typing import Final

from search_api.blueprints.console import console
from search_api.blueprints.jobs import jobs
from search_api.blueprints.openapi import openapi
from search_api.blueprints.operations import operations
from search_api.blueprints.pages import pages
from search_api.blueprints.personal_data import personal_data
from search_api.blueprints.runs import runs
from search_api.blueprints.search import search
from search_api.blueprints.vocabulary import vocabulary

BLUEPRINTS: Final = (
    *(search, jobs, runs, personal_data, vocabulary),
    *(openapi, operations, pages, console),
)
