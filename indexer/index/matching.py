"""Which documents a search may show, whatever they score."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analyzers.query import ParsedQuery
from analyzers.terms import Phrase
from indexer.index.deadline import Deadline
from indexer.index.engine import SearchRequest
from indexer.index.plan import Asked, Choice, Plan
from indexer.index.snapshot import Mask, Snapshot, common_of


def allowed(
    snapshot: Snapshot, plan: Plan, query: ParsedQuery, field: str, deadline: Deadline
) -> Mask:
    """Live documents with every phrase, one choice of every group, and nothing excluded; when
    time is up, those of them that were found until then."""
    if query.is_empty():
        return np.zeros(snapshot.size, np.bool_)
    mask = _not_excluded(snapshot, plan, deadline)
    is_first = True  # which is always looked at, as is the first word
    for group in (*((Choice(phrases=(one,)),) for one in plan.phrases), *plan.groups):
        met = np.zeros(snapshot.size, np.bool_)
        for choice in group:
            if not is_first and deadline.is_over():
                break
            met |= _met(snapshot, choice, field, deadline)
            is_first = False
        mask &= met
    if query.sites:
        mask &= _of_sites(snapshot, query.sites)
    if query.excluded_sites:
        mask &= ~_of_sites(snapshot, query.excluded_sites)
    if query.filetypes:
        mask &= _of_filetypes(snapshot, query.filetypes)
    if query.excluded_filetypes:
        mask &= ~_of_filetypes(snapshot, query.excluded_filetypes)
    return mask


def _not_excluded(snapshot: Snapshot, plan: Plan, deadline: Deadline) -> Mask:
    """Live documents without what is excluded. None when time is up before all of that was
    looked for: to show nothing is better than to show what somebody does not want to see."""
    mask: Mask = snapshot.live.copy()
    excluded = [("content", one) for one in plan.excluded]
    excluded += [("title", one) for one in plan.excluded_in_title]
    for field, phrase in excluded:
        if not deadline.is_over():
            mask[snapshot.phrase(field, phrase, deadline)] = False
        if not deadline.was_met:
            return np.zeros(snapshot.size, np.bool_)
    return mask


def _having(snapshot: Snapshot, field: str, phrase: Phrase, deadline: Deadline) -> Mask:
    having = np.zeros(snapshot.size, np.bool_)
    having[snapshot.phrase(field, phrase, deadline)] = True
    if field == "content":
        having[snapshot.phrase("attached", phrase, deadline)] = True
    return having


def _met(snapshot: Snapshot, choice: Choice, field: str, deadline: Deadline) -> Mask:
    """The documents that meet all of a choice; none when time is up before all of it was
    looked for."""
    field = "title" if choice.in_title else field
    met = np.ones(snapshot.size, np.bool_)
    parts: tuple[Phrase | Asked, ...] = (*choice.phrases, *choice.concepts)
    for at, part in enumerate(parts):
        if at and deadline.is_over():
            return np.zeros(snapshot.size, np.bool_)
        if isinstance(part, Asked):
            met &= _saying(snapshot, field, part)
        else:
            met &= _having(snapshot, field, part, deadline)
    return met


def _saying(snapshot: Snapshot, field: str, asked: Asked) -> Mask:
    said = np.zeros(snapshot.size, np.bool_)
    for alternative in asked.concept.alternatives:
        said[common_of([snapshot.having(field, term) for term in alternative.terms])] = True
    return said


def _of_filetypes(snapshot: Snapshot, filetypes: Iterable[str]) -> Mask:
    facet = snapshot.facets["filetype"]
    masks = [facet.mask(filetype) for filetype in filetypes]
    having: Mask = np.logical_or.reduce(masks)
    return having


def _of_sites(snapshot: Snapshot, sites: Iterable[str]) -> Mask:
    """Documents of sites named by their configured names or by hosts, a domain standing for
    all hosts below it."""
    mask = np.zeros(snapshot.size, np.bool_)
    for site in sites:
        mask |= snapshot.facets["site"].mask(site)
        mask[snapshot.of_host(site)] = True
    return mask


def filters_of(snapshot: Snapshot, request: SearchRequest) -> dict[str, Mask]:
    """The filters of a request by the facet they belong to."""
    filters: dict[str, Mask] = {}
    for name in ("site", "type", "filetype", "effect"):
        value = getattr(request, name)
        if value is not None:
            filters[name] = snapshot.facets[name].mask(value)
    if request.column is not None:
        filters["column"] = np.zeros(snapshot.size, np.bool_)
        filters["column"][snapshot.lists("column", request.column).numbers()] = True
    if request.same_as is not None:
        filters["same_as"] = _members(snapshot, request.same_as)
    if request.published_from is not None or request.published_to is not None:
        within = snapshot.days > 0
        if request.published_from is not None:
            within &= snapshot.days >= request.published_from.toordinal()
        if request.published_to is not None:
            within &= snapshot.days <= request.published_to.toordinal()
        filters["year"] = within
    return filters


def _members(snapshot: Snapshot, url: str) -> Mask:
    """A document and its near-duplicates; nothing if it is unknown."""
    number, clusters = snapshot.number_of(url), snapshot.clusters
    members = np.zeros(snapshot.size, np.bool_)
    if number is not None:
        members[number] = True
        if clusters[number]:
            members |= clusters == clusters[number]
    return members
