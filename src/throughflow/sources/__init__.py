"""One module per publisher's format: recognise it, yield canonical rows. Nothing here writes."""
