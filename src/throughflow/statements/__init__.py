"""Witness: what states said and did, dated and quoted."""
