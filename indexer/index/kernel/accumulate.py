"""Adding what a term earns to the documents that have it (BM25, Robertson & Zaragoza 2009).

All functions work on one segment: ``numbers`` and ``weights`` are a term's postings in it,
everything else has an entry for each of its documents. ``norms`` is
``k1 * (1 - b + b * length / mean length)``; a posting earns ``scale * w / (w + norm)``, with
``scale`` being ``(k1 + 1) * idf`` times any weight of the term. ``seen`` holds for each document
the last ``stamp`` it was counted for, so that text and attachments count once.
"""

from __future__ import annotations

from typing import Any

from analyzers.compiled import compiled


@compiled
def add_gains(numbers: Any, weights: Any, norms: Any, scale: Any, scores: Any) -> None:
    """Only what is earned."""
    for at in range(len(numbers)):
        number = numbers[at]
        weight = weights[at]
        scores[number] += scale * weight / (weight + norms[number])


@compiled
def add_word(
    numbers: Any, weights: Any, norms: Any, scale: Any, idf: Any, scores: Any, met: Any, share: Any
) -> None:
    """What is earned, one more concept met, and the idf of what is said."""
    for at in range(len(numbers)):
        number = numbers[at]
        weight = weights[at]
        scores[number] += scale * weight / (weight + norms[number])
        met[number] += 1
        share[number] += idf


@compiled
def add_word_once(
    numbers: Any,
    weights: Any,
    norms: Any,
    scale: Any,
    idf: Any,
    scores: Any,
    met: Any,
    share: Any,
    seen: Any,
    stamp: Any,
) -> None:
    """As :func:`add_word`, where a document may have the term in more than one field."""
    for at in range(len(numbers)):
        number = numbers[at]
        weight = weights[at]
        scores[number] += scale * weight / (weight + norms[number])
        if seen[number] != stamp:
            seen[number] = stamp
            met[number] += 1
            share[number] += idf


@compiled
def count_once(numbers: Any, counts: Any, seen: Any, stamp: Any) -> None:
    """One more of what is counted, once for each stamp."""
    for at in range(len(numbers)):
        number = numbers[at]
        if seen[number] != stamp:
            seen[number] = stamp
            counts[number] += 1


@compiled
def add_part(
    numbers: Any,
    weights: Any,
    norms: Any,
    scale: Any,
    gained: Any,
    counts: Any,
    seen: Any,
    stamp: Any,
) -> None:
    """What one of several terms of a way to say a concept earns, and that it is there."""
    for at in range(len(numbers)):
        number = numbers[at]
        weight = weights[at]
        gained[number] += scale * weight / (weight + norms[number])
        if seen[number] != stamp:
            seen[number] = stamp
            counts[number] += 1


@compiled
def note_full(terms: int, counts: Any, full: Any) -> None:
    """Mark the documents that have all terms of what was typed, and clear the counts."""
    for number in range(len(counts)):
        full[number] = counts[number] == terms
        counts[number] = 0


@compiled
def settle_way(
    numbers: Any,
    terms: int,
    factor: Any,
    idf: Any,
    gained: Any,
    counts: Any,
    best: Any,
    said: Any,
    full: Any,
) -> None:
    """Documents that have all terms of another way to say a concept: it counts if it earns
    more. What was gathered is cleared, document by document."""
    for at in range(len(numbers)):
        number = numbers[at]
        if counts[number] == terms:
            best[number] = max(best[number], gained[number] * factor)
            said[number] = idf
            full[number] = True
        gained[number] = 0
        counts[number] = 0


@compiled
def settle_sound(ids: Any, earned: Any, idf: Any, best: Any, said: Any, full: Any) -> None:
    """Documents whose titles say a concept as it sounds."""
    for at in range(len(ids)):
        number = ids[at]
        best[number] = max(best[number], earned)
        said[number] = idf
        full[number] = True


@compiled
def settle_concept(best: Any, said: Any, full: Any, scores: Any, met: Any, share: Any) -> bool:
    """Give every document the best way in which it says a concept, and clear what was gathered.
    Tells whether any document says any of it."""
    any_said = False
    for number in range(len(scores)):
        if said[number] > 0:
            any_said = True
            scores[number] += best[number]
            share[number] += said[number]
            if full[number]:
                met[number] += 1
            best[number] = 0
            said[number] = 0
        full[number] = False
    return any_said


@compiled
def add_said(numbers: Any, idf: Any, said: Any, seen: Any, stamp: Any) -> None:
    """Add the idf of a term to what its documents say of a concept, once for each stamp."""
    for at in range(len(numbers)):
        number = numbers[at]
        if seen[number] != stamp:
            seen[number] = stamp
            said[number] += idf
