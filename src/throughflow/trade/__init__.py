"""The trade witness: what was exported beyond a counterfactual, and what never arrived on record."""
