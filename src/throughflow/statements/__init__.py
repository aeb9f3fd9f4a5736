"""Witness: what states said and did, dated and quoted.

from throughflow.statements import document, extract, ledger

found = extract.extract(document.read(path, published=day))
ledger.open_ledger("my-ledger", write=True).add(entries, by="me")
"""
