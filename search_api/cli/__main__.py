"""``python -m search_api.cli``: the command, where its script is not on the path."""

from search_api.cli import main

main()
