"""The say-do test: is trade consistent with what a state says?

`throughflow.dossier.saydo.build.of` joins statements and the trade witness; see
docs/methods/say-do.md.
"""
