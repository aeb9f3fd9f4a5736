"""Witness: whether a declared road makes sense, and what the law says of it."""
