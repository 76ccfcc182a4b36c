"""Chinese text analysis: what a text says in terms an index can hold.

Knows neither web nor index: strings in, terms and facts out.
"""
