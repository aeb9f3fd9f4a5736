"""Dated facts that ship with the package, as data files with thin readers."""
