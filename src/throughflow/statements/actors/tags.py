"""What a word or phrase can be: one letter each, so that sequences of them are short strings."""

from __future__ import annotations

STATE, CAPITAL, SEAT, ADJECTIVE, DEMONYM = "P", "C", "S", "A", "D"
ROLE, INSTITUTION, GROUP, THAT, COUNTRY, ITS_COUNTRY = "R", "I", "G", "T", "Q", "q"
POSSESSIVE, MODIFIER, FORMER, DEPUTY, OF, AND, IN, ARTICLE = "O", "m", "f", "d", "c", "&", "i", "t"
DEPARTMENT, STOP, PERSON, NAME, OTHER = "e", "!", "K", "N", "x"

# Of the kinds that the tables of names and words hold.
OF_KIND = {
    "state": STATE,
    "capital": CAPITAL,
    "adjective": ADJECTIVE,
    "demonym": DEMONYM,
    "stop": STOP,
    "role": ROLE,
    "inst": INSTITUTION,
    "group": GROUP,
    "seat": SEAT,
    "that": THAT,
    "country": COUNTRY,
    "its_country": ITS_COUNTRY,
    "possessive": POSSESSIVE,
    "modifier": MODIFIER,
    "former": FORMER,
    "deputy": DEPUTY,
    "of": OF,
    "and": AND,
    "in": IN,
    "article": ARTICLE,
    "dept": DEPARTMENT,
}
