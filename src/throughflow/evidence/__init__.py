"""Findings and their ids, the verdict rules applied, run records and replay."""
