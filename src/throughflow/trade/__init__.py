"""The trade witness: exports beyond a counterfactual, and what never arrived on record."""
