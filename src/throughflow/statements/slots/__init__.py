"""Slots of a frame: negation, modality, tense, who acts, who says it, and when."""
