"""The pledge of 29 April 2022 as a ledger has it: what it claims of now and of later."""

PLEDGE = {
    "kind": "pledge_no_circumvention",
    "actors": [{"country": "KZ", "person": "Mukhtar Tileuberdi", "role": "foreign minister"}],
    "targets": [{"country": "UA"}],
    "date": {"start": "2022-04-29", "end": "2022-04-29"},
    "certainty": "relayed",
    "relayed_by": {"country": "UA", "person": "Dmytro Kuleba", "role": "foreign minister"},
    "topic": "sanctions_circumvention",
    "claims": [
        {"tense": tense, "negated": True, "predicate": "provides mechanisms",
         "testable_by": "trade"}
        for tense in ("present", "future")
    ],
}  # fmt: skip
