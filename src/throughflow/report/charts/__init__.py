"""Figures of the dossier, one module per figure; each takes plain data and returns SVG."""
