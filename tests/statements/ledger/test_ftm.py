"""What goes to FollowTheMoney has schemata, properties and ids that it knows."""

from __future__ import annotations

import io
import json
import re

import pytest

from throughflow.statements.ledger import Ledger
from throughflow.statements.ledger.ftm import as_ftm

# Properties used, by schema: as written in followthemoney/schema/{Thing,Interval,Interest,Event,
# Document,Article,Documentation,LegalEntity,Person,PublicBody}.yaml of
# github.com/opensanctions/followthemoney and github.com/alephdata/followthemoney (Apache/MIT).
THING = {"name", "country", "summary", "description", "sourceUrl", "publisher", "keywords", "proof"}
INTERVAL = {"startDate", "endDate", "date", "summary", "description", "sourceUrl", "publisher",
            "proof"}  # fmt: skip
SCHEMATA = {
    "Event": THING | INTERVAL | {"location", "important", "organizer", "involved"},
    "Article": THING | {"title", "author", "language", "date", "publishedAt"},
    "Documentation": INTERVAL | {"role", "status", "document", "entity"},
    "Person": THING | {"position", "nationality", "title"},
    "PublicBody": THING,
}
REQUIRED = {
    "Event": {"name"}, "Article": {"name"}, "Documentation": {"document", "entity"},
    "Person": {"name"}, "PublicBody": {"name"},
}  # fmt: skip
# Property of type entity: the schemata that its range takes in.
RANGES = {
    "involved": {"Person", "PublicBody"},
    "proof": {"Article"},
    "document": {"Article"},
    "entity": {"Event"},
}
# followthemoney/types/entity.py, REGEX_RAW.
ID = re.compile(r"^[0-9a-zA-Z]([0-9a-zA-Z\.\-]*[0-9a-zA-Z])?$")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@pytest.fixture(scope="module")
def entities():
    ledger = Ledger(None)
    out = io.StringIO()
    as_ftm(ledger.iterate(ledger.rows), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_entity_is_one_that_the_schema_knows(entities):
    for entity in entities:
        assert set(entity) == {"id", "schema", "properties"}
        assert ID.match(entity["id"])
        known = SCHEMATA[entity["schema"]]
        assert set(entity["properties"]) <= known
        assert REQUIRED[entity["schema"]] <= set(entity["properties"])
        for name, values in entity["properties"].items():
            assert values
            assert all(isinstance(value, str) and value for value in values)
            if name in {"startDate", "endDate", "publishedAt"}:
                assert all(DATE.match(value) for value in values)
            if name == "country":
                assert all(re.match(r"^[a-z]{2}$", value) for value in values)
            if name == "language":
                assert all(re.match(r"^[a-z]{3}$", value) for value in values)


def test_references_lead_to_entities_that_stand_before_and_fit(entities):
    seen = {}
    later = []
    for entity in entities:
        assert entity["id"] not in seen
        seen[entity["id"]] = entity["schema"]
        for name in RANGES.keys() & entity["properties"].keys():
            later += [(name, target) for target in entity["properties"][name]]
    for name, target in later:
        assert seen[target] in RANGES[name]


def test_each_statement_is_an_event_with_all_its_sources(entities):
    ledger = Ledger(None)
    events = {entity["id"]: entity for entity in entities if entity["schema"] == "Event"}
    assert set(events) == set(ledger.rows["id"].to_pylist())
    documents = [entity for entity in entities if entity["schema"] == "Documentation"]
    assert len(documents) == sum(ledger.rows["sources"].to_pylist())
    pledge = next(
        entity for entity in events.values() if entity["properties"]["startDate"] == ["2022-04-29"]
    )
    people = {e["id"]: e for e in entities if e["schema"] in {"Person", "PublicBody"}}
    names = {people[known]["properties"]["name"][0] for known in pledge["properties"]["involved"]}
    assert names == {
        "Government of Kazakhstan", "Government of Ukraine", "Mukhtar Tileuberdi", "Dmytro Kuleba",
    }  # fmt: skip
