"""The ground floor: what a month, a product code, an interval and a canonical row are."""
