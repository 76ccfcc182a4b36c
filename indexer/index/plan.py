"""What a search asks an index for: the query as concepts, evidence, phrases and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.concepts import Alternative, AskedFor, Concept, concepts_of
from analyzers.query import Operand, ParsedQuery
from analyzers.segment import Segmenter
from analyzers.synonyms import Synonyms
from analyzers.terms import Phrase, phrase_terms
from analyzers.units import IS_HAN, RUN
from indexer.index.deadline import Deadline
from indexer.index.engine import SearchRequest
from indexer.index.expansions import Expansions
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
    """What turns words into concepts: dictionaries, other ways to say things, and words that
    stand for several."""

    segmenter: Segmenter
    synonyms: Synonyms
    exact: bool
    expansions: Expansions

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
        deadline: Deadline,
    ) -> Plan:
        """The plan of a request; words that stand for several and are not looked up before the
        deadline stand for themselves."""
        query = request.query
        expansions = Expansions(snapshot, deadline)
        words = _Words(segmenter_of(snapshot), synonyms, request.exact, expansions)
        # First, for what is excluded must not be shown, while what is asked for may be missing.
        excluded, excluded_in_title = _excluded(query, expansions)
        text, expanded = expansions.of(" ".join(query.words))
        sounds = () if request.exact else sound_matches(snapshot, text)
        rest = without_sounds(text, sounds)
        found = words.concepts(rest)
        rarest = _rarest(found.concepts, snapshot, ranking)
        asked = tuple(Asked(concept) for concept in rarest)
        asked += tuple(map(Asked, expanded))
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
        evidence.update(_evidence_of_choices(chosen))
        said = {term for one in asked for term in one.concept.alternatives[0].terms}
        return cls(
            asked=asked,
            evidence=tuple(pair for pair in evidence.items() if pair[0] not in said),
            phrases=phrases,
            excluded=excluded,
            excluded_in_title=excluded_in_title,
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
    text, expanded = words.expansions.of(operand.text, "title" if operand.in_title else "content")
    concepts = (*words.concepts(text).concepts, *expanded)
    return Choice(tuple(map(Asked, concepts)), in_title=operand.in_title)


def _excluded(
    query: ParsedQuery, expansions: Expansions
) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    """What must not stand in a document, and what not in its title."""

    def phrases(texts: tuple[str, ...], field: str) -> Iterator[Phrase]:
        for text in texts:
            # Of words with spaces between it is known that they were quoted: to the letter.
            is_quoted = len(text.split()) > 1
            rest, found = (text, ()) if is_quoted else expansions.of(text, field)
            yield from phrase_terms(rest)
            terms = (term for one in found for way in one.alternatives for term in way.terms)
            yield from (((0, term),) for term in terms)

    anywhere = tuple(phrases(query.excluded, "content"))
    return anywhere, tuple(phrases(query.excluded_in_title, "title"))


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


def _evidence_of_choices(chosen: list[Asked]) -> Iterator[tuple[str, float]]:
    """The words of groups with their weights; what was typed comes last and counts."""
    for one in chosen:
        for way in reversed(one.concept.alternatives):
            yield from ((term, way.weight) for term in way.terms)


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
