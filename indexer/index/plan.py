"""What a search asks an index for: the query as concepts, evidence, phrases and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.concepts import Alternative, AskedFor, Concept, concepts_of
from analyzers.query import Operand
from analyzers.segment import Segmenter
from analyzers.synonyms import Synonyms
from analyzers.terms import Phrase, phrase_terms
from analyzers.units import IS_HAN, RUN
from indexer.index.engine import SearchRequest
from indexer.index.expansions import expanded
from indexer.index.learned import segmenter_of
from indexer.index.ranking import RankingParameters
from indexer.index.snapshot import Snapshot
from indexer.index.sound import SoundMatches, sound_matches, without_sounds


@dataclass(frozen=True)
class Asked:
    """A concept a full match has; ``sound`` are documents whose titles say it as it sounds."""

    concept: Concept
    sound: SoundMatches | None = None


@dataclass(frozen=True)
class Choice:
    """One operand of a group: as concepts, all of which must be met, or as a phrase."""

    concepts: tuple[Asked, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    in_title: bool = False


@dataclass(frozen=True)
class _Words:
    """What turns words into concepts: dictionaries and other ways to say things."""

    segmenter: Segmenter
    synonyms: Synonyms
    exact: bool

    def concepts(self, text: str) -> AskedFor:
        """The concepts of a text."""
        words = [text] if text.strip() else ()
        return concepts_of(words, self.segmenter, synonyms=self.synonyms, exact=self.exact)


@dataclass(frozen=True)
class Plan:
    """A query ready to be asked.

    ``evidence`` are terms that only rank, with their weights; of each of ``groups`` one
    choice must be met; ``typed`` are the words in their order, for nearness.
    """

    asked: tuple[Asked, ...]
    evidence: tuple[tuple[str, float], ...]
    phrases: tuple[Phrase, ...]
    excluded: tuple[Phrase, ...]
    excluded_in_title: tuple[Phrase, ...]
    groups: tuple[tuple[Choice, ...], ...]
    typed: tuple[str, ...]
    highlighted: tuple[str, ...]

    @classmethod
    def of(
        cls,
        request: SearchRequest,
        snapshot: Snapshot,
        ranking: RankingParameters,
        synonyms: Synonyms,
    ) -> Plan:
        """The plan of a request."""
        query = request.query
        text = " ".join(query.words)
        words = _Words(segmenter_of(snapshot), synonyms, request.exact)
        text, expansions = expanded(snapshot, text)
        sounds = () if request.exact else sound_matches(snapshot, text)
        rest = without_sounds(text, sounds)
        found = words.concepts(rest)
        rarest = _rarest(found.concepts, snapshot, ranking)
        asked = tuple(Asked(concept) for concept in rarest)
        asked += tuple(map(Asked, expansions))
        asked += tuple(Asked(_latin(sound), sound) for sound in sounds)
        groups = tuple(
            tuple(_choice(words, operand) for operand in group) for group in query.groups
        )
        phrases = tuple(part for phrase in query.phrases for part in phrase_terms(phrase))
        in_groups = [choice for group in groups for choice in group]
        chosen = [one for choice in in_groups for one in choice.concepts]
        every = (*asked, *chosen)
        # Conditions rank like any word, or all that meet them would be equally good.
        exactly = (*phrases, *(phrase for choice in in_groups for phrase in choice.phrases))
        evidence = dict(_evidence(found, ranking))
        evidence.update((term, 1.0) for phrase in exactly for _offset, term in phrase)
        evidence.update(
            (term, way.weight)
            for one in chosen
            for way in reversed(one.concept.alternatives)
            for term in way.terms
        )
        said = {term for one in asked for term in one.concept.alternatives[0].terms}
        return cls(
            asked=asked,
            evidence=tuple(pair for pair in evidence.items() if pair[0] not in said),
            phrases=phrases,
            excluded=_phrases(query.excluded),
            excluded_in_title=_phrases(query.excluded_in_title),
            groups=groups,
            typed=tuple(one.concept.alternatives[0].text for one in asked),
            highlighted=_highlighted(request, every),
        )


def _rarest(
    concepts: tuple[Concept, ...], snapshot: Snapshot, ranking: RankingParameters
) -> list[Concept]:
    """As many concepts as are asked for, in their order: of a pasted page the rarest say what
    it is about."""
    if len(concepts) <= ranking.most_concepts:
        return list(concepts)
    by_rarity = sorted(
        range(len(concepts)),
        key=lambda at: min(
            (snapshot.frequency("content", term) for term in concepts[at].alternatives[0].terms),
            default=0,
        ),
    )
    return [concepts[at] for at in sorted(by_rarity[: ranking.most_concepts])]


def _latin(sound: SoundMatches) -> Concept:
    """What was typed in Latin letters, as the Latin words it may be."""
    return Concept((Alternative(" ".join(sound.terms), sound.terms),))


def _choice(words: _Words, operand: Operand) -> Choice:
    if operand.is_phrase:
        return Choice(phrases=phrase_terms(operand.text), in_title=operand.in_title)
    concepts = words.concepts(operand.text).concepts
    return Choice(tuple(map(Asked, concepts)), in_title=operand.in_title)


def _phrases(texts: tuple[str, ...]) -> tuple[Phrase, ...]:
    return tuple(part for text in texts for part in phrase_terms(text))


def _evidence(found: AskedFor, ranking: RankingParameters) -> Iterator[tuple[str, float]]:
    """Single characters and bigrams with their weights; later pairs count."""
    typed = [one.alternatives[0] for one in found.concepts]
    texts = [run for one in typed for run in RUN.findall(one.text) if IS_HAN.match(run)]
    yield from ((character, ranking.character) for text in texts for character in text)
    yield from ((pair, ranking.crossing_bigram) for pair in found.evidence)
    words = [term for one in typed for term in one.terms]
    for word in words:
        if IS_HAN.match(word) and len(word) > 2:
            yield from ((word[at : at + 2], ranking.inner_bigram) for at in range(len(word) - 1))


def _highlighted(request: SearchRequest, asked: tuple[Asked, ...]) -> tuple[str, ...]:
    """What to mark in the results: words, the other ways to say them, spellings of sounds,
    and phrases as a whole."""
    marked: list[str] = []
    for one in asked:
        for alternative in one.concept.alternatives:
            marked += (alternative.text, *alternative.terms)
        marked += one.sound.spellings if one.sound else ()
    marked += request.query.phrases
    marked += (operand.text for group in request.query.groups for operand in group)
    return tuple(dict.fromkeys(text for text in marked if text))
