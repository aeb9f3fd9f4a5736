"""Who acts on whom in a match, and what kind of event that makes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from throughflow.model.statements import Actor
from throughflow.reference import memberships
from throughflow.statements.discourse import party
from throughflow.statements.slots import doers, roles, verbs
from throughflow.statements.slots.places import behind_against, in_clause, oblique

if TYPE_CHECKING:
    from throughflow.statements.discourse import Discourse
    from throughflow.statements.frames.engine import Match
    from throughflow.statements.reading import Place, Reading
    from throughflow.statements.slots.speakers import Voice

# What the sanctioned state does of this is not told: the witness is about third countries.
_NOT_BY_SANCTIONED = frozenset(
    {
        "pledge_no_circumvention", "refuse_to_join", "restriction", "retraction",
        "refuse_military_support", "aid", "withdrawal", "sanction_on_third_country",
        "accusation", "exoneration", "noncommittal", "neutrality", "corridor", "criticism",
    }
)  # fmt: skip
_NOT_ON_SANCTIONED = frozenset(
    {"pressure", "accusation", "exoneration", "sanction_on_third_country"}
)
# Whom these are aimed at is never a place: "criticised the government in Kyiv".
_NOT_THERE = frozenset({"criticism", "accusation", "pressure", "exoneration", "open_support"})
# What an official says without naming who does it is of the official's own state.
_OF_THE_SPEAKER = frozenset({"refuse_to_join", "restriction", "retraction", "neutrality"})
# What a firm does of this is not done by its state.
_ACTS_OF_STATES = frozenset({"restriction", "retraction", "refuse_to_join", "withdrawal"})
# Who imposes sanctions: pressing them is no pressure to comply but a protest.
_SANCTIONERS = frozenset({"US", "EU", "GB", "CA", "JP", "AU", "DE", "FR"})
_ATTACKED = "UA"
_NEAR_WAR = 4
_AGAINST = {"против", "проти", "przeciw", "przeciwko", "wobec", "against", "щодо"}
# Listing firms of the sanctioned state's ally is no act on a third country.
_ALLIES = frozenset({"BY"})


@cache
def _coalition() -> frozenset[str]:
    """Return the states that impose sanctions, as of the first month of them."""
    return memberships.members("coalition", date(2022, 4, 1)) | {"EU", "UA"}


@dataclass(frozen=True, slots=True)
class Parties:
    """Who acts on whom.

    Attributes:
        kind: Kind of event, one of `KINDS`.
        actors: Who acts.
        targets: On whom.
        unresolved: Slots that stay open.
    """

    kind: str
    actors: tuple[Actor, ...]
    targets: tuple[Actor, ...] = ()
    unresolved: tuple[str, ...] = ()


def parties(reading: Reading, match: Match, voice: Voice, discourse: Discourse) -> Parties | None:
    """Fill the kind, the actors and the targets of a match.

    Args:
        reading: The sentence.
        match: What was found.
        voice: Who says it.
        discourse: What is known.

    Returns:
        The parties, or None for what is no event of a third country.
    """
    found = _by_frame(reading, match, voice, discourse)
    if found is None:
        return None
    states = {one.country for one in found.actors}
    aimed = {one.country for one in found.targets}
    if _is_no_news(match, found.kind, states, aimed, discourse.sanctioned):
        return None
    pressed = found.kind == "pressure" and match.frame.head != "summon"
    if pressed and aimed and aimed <= _SANCTIONERS:
        found = replace(found, kind="criticism")
    if found.kind in _NOT_ON_SANCTIONED:
        found = replace(
            found, targets=tuple(one for one in found.targets if one.country not in states)
        )
    return replace(found, unresolved=(*found.unresolved, *_open(reading, match, found, discourse)))


def _is_no_news(
    match: Match, kind: str, states: set[str], aimed: set[str], sanctioned: str
) -> bool:
    """Tell whether it is told of whom it is no news: the sanctioned state or its sanctioners."""
    allies = bool(states & _coalition())
    own = {
        # Who imposes sanctions needs no pledge to keep them, and supports them anyway.
        "pledge_no_circumvention": bool(states & _SANCTIONERS),
        "open_support": allies and match.frame.third_country,
        # Allies who ask for sanctions press nobody to keep them.
        "pressure": allies and bool(aimed) and aimed <= _SANCTIONERS,
    }
    by_or_on_sanctioned = (kind in _NOT_BY_SANCTIONED and sanctioned in states) or (
        kind in _NOT_ON_SANCTIONED and sanctioned in aimed
    )
    return by_or_on_sanctioned or (own.get(kind, False) and match.frame.head != "summon")


def _may_be_unnamed(reading: Reading, match: Match, states: set[str], discourse: Discourse) -> bool:
    """Tell whether the other party may be left out: in a quote that speaks of nobody but "them"."""
    if not discourse.quoted_alone:
        return False
    return not any(
        p.mention.country in states and p.last > match.head and not oblique(reading, p)
        for p in reading.places
    )


def _open(reading: Reading, match: Match, found: Parties, discourse: Discourse) -> list[str]:
    states = {one.country for one in found.actors}
    open_slots = []
    if not states or "" in states:
        open_slots.append("actor")
    needed = match.frame.target_needed and not _may_be_unnamed(reading, match, states, discourse)
    if needed and not found.targets and found.kind == match.frame.kind:
        open_slots.append("target")
    if match.frame.mutual and len(states) < 2:
        open_slots.append("parties")
    return open_slots


def _by_frame(reading: Reading, match: Match, voice: Voice, discourse: Discourse) -> Parties | None:
    """Choose the way the frame asks for."""
    frame = match.frame
    if frame.actor == "aggressor":
        acting, targets = roles.aggressor(reading, match.head, match.last)
        return Parties(frame.kind, tuple(acting), tuple(targets)) if acting else None
    if frame.actor == "owner":
        return _owner(reading, match, discourse)
    if frame.actor == "blamed":
        acting = [party(one, reading) for one in doers.blamed(reading, match.head)]
        return Parties(frame.kind, tuple(acting)) if acting else None
    ways = {
        "lister": _listed,
        "route": _route,
        "accusation": _accusation,
        "evasion": _evasion,
        "comply": _evasion,
    }
    way = ways.get(frame.actor) or ways.get(frame.sense) or _plain
    return way(reading, match, voice, discourse)


def _owner(reading: Reading, match: Match, discourse: Discourse) -> Parties | None:
    """Read a noun with its state: "the Kremlin's request", refused by the subject."""
    acting = roles.owner(reading, match.head, match.last)
    states = {one.country for one in acting}
    subject = roles.subjects(reading, match.head, discourse)
    if match.frame.kind in _NOT_ON_SANCTIONED:
        states.add(discourse.sanctioned)
    targets = [one for one in subject if one.country not in states]
    if not targets:
        targets = roles.objects(reading, match.last, discourse, states, wide=False)
    return Parties(match.frame.kind, tuple(acting), tuple(targets)) if acting else None


def _listed(reading: Reading, match: Match, voice: Voice, discourse: Discourse) -> Parties | None:
    """Read "two firms came under EU sanctions": whose sanctions, and on whose firms."""
    acting = [party(one, reading) for one in doers.lister(reading, match.head, match.last)]
    if not acting and match.frame.head == "imposition":
        # "announced the imposition of …"; who protests against it did not do it.
        announced = any(
            reading.owner[hit.first] == reading.owner[match.head] and hit.first < match.head
            for hit in reading.of("say|introduce|sign")
        )
        acting = roles.subjects(reading, match.head, discourse) if announced else []
    elif not acting and voice.kind == "state" and voice.actor is not None:
        acting = [voice.actor]
    exclude = {one.country for one in acting} | {discourse.sanctioned}
    targets = doers.listed(reading, match.head, exclude)
    if any(one.mention.country in _ALLIES for one in targets):
        return None
    return Parties(
        match.frame.kind, _distinct(acting), tuple(party(one, reading) for one in targets)
    )


def _plain(reading: Reading, match: Match, voice: Voice, discourse: Discourse) -> Parties | None:
    """Fill a frame whose kind does not hang on who speaks."""
    frame = match.frame
    said = [voice.actor] if voice.kind == "state" and voice.actor is not None else []
    if frame.speaker_needed and not said:
        return Parties(frame.kind, (), (), ("attribution",))
    acting = said if frame.actor == "speaker" else []
    if frame.actor != "speaker" or voice.kind != "unknown":
        acting = acting or roles.subjects(reading, match.head, discourse)
    if not acting and frame.kind in _OF_THE_SPEAKER:
        # "Joining the sanctions is out of the question, the Georgian minister said."
        acting = said
    if frame.kind in _ACTS_OF_STATES:
        acting = [one for one in acting if one.sector != "BUS"] or (
            said if frame.head == "require" else []
        )
    if frame.mutual:
        return Parties(frame.kind, _mutual(reading, match, acting, said, discourse))
    if _is_own_denial(reading, match, acting, discourse):
        return Parties("denial", _distinct(acting))
    targets = _targets(reading, match, acting, discourse)
    if not targets and _on_own_firms(reading, match, acting):
        # "Beijing told Chinese companies to stop selling drones."
        kind, named = "restriction", _sanctioned(reading, discourse.sanctioned)
        return Parties(kind, _distinct(acting), _distinct(named))
    allied = frame.third_country and any(one.country in _ALLIES for one in targets)
    if allied or _on_another(reading, match, acting, discourse):
        return None
    return Parties(frame.kind, _distinct(acting), _distinct(targets))


def _on_own_firms(reading: Reading, match: Match, acting: list[Actor]) -> bool:
    """Tell whether what is pressed to stop are firms of the state that presses."""
    own = {one.country for one in acting}
    firms = any(
        party(p, reading).sector == "BUS" for p in reading.places if p.mention.country in own
    )
    stops = any(hit.first > match.head for hit in reading.of("stop|halt"))
    return match.frame.sense == "on_own_firms" and firms and stops


def _is_own_denial(
    reading: Reading, match: Match, acting: list[Actor], discourse: Discourse
) -> bool:
    if match.frame.sense == "now_is_denial":
        # Not to arm the attacked is a stand of those who otherwise side with it.
        of_the_coalition = {one.country for one in acting} <= _coalition()
        return match.tense not in {"future", "both"} and not (acting and of_the_coalition)
    return match.frame.sense == "self_is_denial" and _speaks_of_itself(
        reading, match, acting, discourse
    )


def _mutual(
    reading: Reading,
    match: Match,
    acting: list[Actor],
    said: list[Actor],
    discourse: Discourse,
) -> tuple[Actor, ...]:
    """Return all parties of what states do with each other."""
    states = {one.country for one in acting}
    others = roles.objects(reading, match.head, discourse, states, wide=False)
    # "discussed the sanctions against X" was not with X.
    against = {p.mention.country for p in in_clause(reading, match.head) if _aimed_at(reading, p)}
    against |= {
        p.mention.country
        for p in in_clause(reading, match.head)
        if p.mention.country == discourse.sanctioned and _owns(reading, p)
    }
    known = [*acting, *(one for one in others if one.country not in against)]
    if match.frame.head == "friendly":
        places = [p for p in in_clause(reading, match.head) if p.mention.country]
        known = [party(p, reading) for p in places] or known
    if len({one.country for one in known}) > 1:
        return _distinct(known)
    talked = {one.country for one in discourse.talks}
    if {one.country for one in known} <= talked:
        # "The partners discussed …": those who last spoke with each other.
        return discourse.talks
    return _distinct([*known, *said])


def _owns(reading: Reading, place: Place) -> bool:
    return reading.words[place.last].low.endswith("'s")


def _aimed_at(reading: Reading, place: Place) -> bool:
    return any(
        reading.words[k].low in _AGAINST for k in range(max(0, place.first - 2), place.first)
    )


def _targets(
    reading: Reading, match: Match, acting: list[Actor], discourse: Discourse
) -> list[Actor]:
    frame = match.frame
    if frame.target == "sanctioned" or frame.vote in {"N", "Y"}:
        return _sanctioned(reading, discourse.sanctioned, always=bool(frame.vote))
    return [] if frame.target == "none" else _named(reading, match, acting, discourse)


def _named(
    reading: Reading, match: Match, acting: list[Actor], discourse: Discourse
) -> list[Actor]:
    """Return the states that an act is aimed at, as the text names them."""
    frame = match.frame
    if frame.target == "against":
        return _aimed(reading, match, {one.country for one in acting})
    exclude = {one.country for one in acting}
    if frame.kind in _NOT_ON_SANCTIONED:
        exclude.add(discourse.sanctioned)
    if frame.sense == "on_own_firms":
        # "… to stop sales to Russia and Ukraine": who buys is not who is pressed.
        exclude.add(_ATTACKED)
    if verbs.passive(reading, match.head):
        return roles.patient(reading, match.head, exclude)
    located = frame.kind not in _NOT_THERE
    near = roles.objects(reading, match.head, discourse, exclude, wide=False, located=located)
    if frame.kind == "criticism" and not near and _of_the_war(reading, match.head):
        return [Actor(discourse.sanctioned)]
    searched = frame.governs or frame.target == "theme" or frame.kind == "criticism"
    if near or not searched:
        return near
    return _further(reading, match, exclude, discourse, located=located)


def _of_the_war(reading: Reading, head: int) -> bool:
    """Tell whether a war is what is condemned: that is to condemn who wages it."""
    return any(head < hit.first <= head + _NEAR_WAR for hit in reading.of("invade|war"))


def _further(
    reading: Reading, match: Match, exclude: set[str], discourse: Discourse, *, located: bool
) -> list[Actor]:
    """Return whom an act is directed at, beyond its clause or before the word."""
    far = roles.objects(reading, match.head, discourse, exclude, wide=True, located=located)
    visiting = match.frame.kind == "pressure" and reading.hits.get("visit")
    called = match.frame.kind == "criticism" and reading.hits.get("call")
    if not far and (match.tense == "bare" or called or visiting):
        # "visited Turkish officials to urge …"
        return roles.patient(reading, match.head, exclude)
    return far


def _aimed(reading: Reading, match: Match, exclude: set[str]) -> list[Actor]:
    """Return the states behind "on" or "against" after the head; behind a passive, before it."""
    if verbs.passive(reading, match.head):
        return roles.patient(reading, match.head, exclude)
    places = [p for p in in_clause(reading, match.head) if p.first > match.head]
    return [
        party(p, reading)
        for p in places
        if behind_against(reading, p) and p.mention.country not in {"", *exclude}
    ]


def _on_another(reading: Reading, match: Match, acting: list[Actor], discourse: Discourse) -> bool:
    """Tell whether sanctions not joined are against somebody else: no stand on these."""
    if match.frame.kind != "refuse_to_join":
        return False
    own = {one.country for one in acting}
    aimed = {
        p.mention.country
        for p in reading.places
        if p.first > match.head
        # "against our interests" aims at nobody, "against our firms" does.
        and (p.mention.country not in own or party(p, reading).sector == "BUS")
        and reading.owner[p.first] == reading.owner[match.head]
        and any(reading.at("against_prep", k) for k in range(max(0, p.first - 2), p.first))
        and any(reading.at("sanctions", k) for k in range(max(0, p.first - 8), p.first))
    }
    return bool(aimed - {""}) and discourse.sanctioned not in aimed


def _speaks_of_itself(
    reading: Reading, match: Match, acting: list[Actor], discourse: Discourse
) -> bool:
    """Tell whether the only state spoken of is the one that speaks."""
    states = {one.country for one in acting}
    spoken_of = {
        p.mention.country
        for p in reading.places
        if p.first > match.head and p.mention.country not in {"", discourse.sanctioned}
    }
    # Of nobody but itself; who presses others is understood to speak of them.
    return spoken_of <= states and (bool(spoken_of) or not states & _coalition())


def _sanctioned(reading: Reading, sanctioned: str, *, always: bool = False) -> list[Actor]:
    named = any(p.mention.country == sanctioned for p in reading.places)
    return [Actor(sanctioned)] if named or always else []


def _distinct(found: list[Actor]) -> tuple[Actor, ...]:
    """Return each state once, with its person where one is named."""
    known: dict[str, Actor] = {}
    for one in found:
        held = known.get(one.country)
        if held is None or (held.person is None and one.person is not None):
            known[one.country] = one
    return tuple(known.values())


def _route(reading: Reading, match: Match, voice: Voice, discourse: Discourse) -> Parties:
    """Read "goods reach Russia through X": an accusation of X by whoever else says so."""
    said = voice.actor if voice.kind == "state" else None
    own = {discourse.sanctioned, ""} | ({said.country} if said is not None else set())
    passed = [p for p in doers.on_the_way(reading, match.head) if p.mention.country not in own]
    targets = tuple(party(one, reading) for one in passed)
    if said is None:
        return Parties("accusation", (), targets, ("attribution",))
    return Parties("accusation", (said,), targets, () if targets else ("target",))


def _accusation(reading: Reading, match: Match, voice: Voice, discourse: Discourse) -> Parties:
    """Read "X helps to evade": an accusation by whoever else says so, and nobody's otherwise."""
    subject = roles.subjects(reading, match.head, discourse)
    accused = tuple(one for one in subject if one.country != discourse.sanctioned)
    if subject and not accused:
        # "X – Russia's largest supplier": the noun's own state is not its subject.
        subject = roles.inherited(reading, match.head, discourse)
        accused = tuple(one for one in subject if one.country != discourse.sanctioned)
    if not accused:
        return Parties(match.frame.kind, ())
    said = voice.actor if voice.kind == "state" else None
    if said is None or said.country in {one.country for one in accused}:
        return Parties(match.frame.kind, (), accused, ("attribution",))
    return Parties(match.frame.kind, (said,), accused)


def _evasion(reading: Reading, match: Match, voice: Voice, discourse: Discourse) -> Parties:
    """Tell a pledge, a denial and an exoneration apart by who speaks and of what time."""
    acting = tuple(roles.subjects(reading, match.head, discourse))
    if not acting and voice.actor is not None and _spoken_of(reading, voice.actor):
        # "There is no evasion through Georgia, the Georgian minister said."
        acting = (voice.actor,)
    states = {one.country for one in acting}
    if states and states <= _coalition() and match.frame.head == "export_verb":
        own = reading.owner[match.head]
        if any(reading.owner[hit.first] == own for hit in reading.of("weapons")):
            return Parties("refuse_military_support", acting)
    named = _sanctioned(reading, discourse.sanctioned)
    targets = tuple(one for one in named if one.country not in states)
    said = voice.actor if voice.kind == "state" else None
    of_others = said is not None and bool(acting) and said.country not in states
    if match.tense in {"future", "both", "bare"} or (_is_policy(reading, match) and not of_others):
        return Parties("pledge_no_circumvention", acting, targets)
    if said is None:
        return Parties("denial", acting, targets, ("attribution",))
    if of_others:
        return Parties("exoneration", (said,), acting)
    kind = "pledge_no_circumvention" if match.frame.sense == "comply" else "denial"
    return Parties(kind, acting, targets)


def _is_policy(reading: Reading, match: Match) -> bool:
    """Tell whether the present speaks of conduct that goes on: "refuses", "we do not allow".

    "Is not used" denies a fact; "cannot be used" and "must not be used" say how it will stay.
    """
    head = match.head
    own = reading.clause(head)
    above = reading.clauses[own.parent].kind if own.parent is not None else ""
    ensured = any(
        reading.owner[hit.first] in {reading.owner[head], *reading.ancestors(head)}
        and hit.first < head
        for hit in reading.of("ensure")
    )
    if match.frame.head == "refuse" or ensured or "purpose" in {own.kind, above}:
        return True
    near = range(max(0, head - 4), head)
    if any(reading.at("can|modal", k) for k in near) and not match.modal:
        return True
    return match.tense != "past" and reading.at("allow", head)


def _spoken_of(reading: Reading, actor: Actor) -> bool:
    return any(p.mention.country == actor.country for p in reading.places)


def addressee(
    reading: Reading, match: Match, acting: tuple[Actor, ...], discourse: Discourse
) -> tuple[Actor, ...]:
    """Return the state that was assured: "zapewnił Ukrainę, że …"."""
    states = {one.country for one in acting}
    for above in [reading.owner[match.head], *reading.ancestors(match.head)]:
        said = [
            hit.first
            for hit in reading.of("say|assure")
            if reading.owner[hit.first] == above and hit.first < match.head
        ]
        if said:
            places = [
                p
                for p in reading.places
                if reading.owner[p.first] == above
                and said[-1] < p.first < match.head
                and p.mention.country not in states
                and p.mention.country not in {"", discourse.sanctioned}
            ]
            if places:
                return (party(places[0], reading),)
    return ()
