-- Datasets in which two editions could both have shown some cell.
with covered as (
    select c.dataset, c.edition, c.freq, c.reporter, c.partner, c.flow, c.partner_basis,
           c.nomenclature, c.product, c.first_period, c.last_period
    from coverage as c
)
select distinct a.dataset
from covered as a
join covered as b
    on a.dataset = b.dataset and a.freq = b.freq and a.reporter = b.reporter
    and a.partner = b.partner and a.flow = b.flow and a.partner_basis = b.partner_basis
    and a.nomenclature = b.nomenclature and a.product = b.product and a.edition < b.edition
    and a.first_period <= b.last_period and b.first_period <= a.last_period
order by a.dataset
