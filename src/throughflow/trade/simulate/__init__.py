"""Planted truth: invented trade with known diversions, and how well the product finds them."""
