"""Two small government sites, written for this project, to try the product on.

They stand in for the city's portal and its service centre where the real ones are out of
reach: in ``qzsearch demo`` and in the tests. Places are real, events are invented.
"""
