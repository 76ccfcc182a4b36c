"""Writing an index: analysis in all cores, one new segment for a change, merges afterwards."""
