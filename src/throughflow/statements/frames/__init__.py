"""Frames: rules over concepts, one table for all languages, and the words of each language."""
