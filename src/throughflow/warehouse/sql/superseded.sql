-- A row is a cell whose value an older edition recorded and a newer one, which could have shown
-- the cell, decides about. Most datasets have no cell covered twice; they are not looked at.
with contested as (
    select f.*, e.recency
    from trade_flow as f
    join edition as e on f.edition = e.edition
    join overlapping_dataset as o on f.dataset = o.dataset
),
newer as (
    select c.dataset, c.freq, c.reporter, c.partner, c.flow, c.partner_basis, c.nomenclature,
           c.product, c.first_period, c.last_period, e.recency
    from coverage as c
    join edition as e on c.edition = e.edition
    join overlapping_dataset as o on c.dataset = o.dataset
)
select distinct x.edition, x.freq, x.reporter, x.partner, x.flow, x.partner_basis,
       x.nomenclature, x.product, x.period
from contested as x
join newer as n
    on n.dataset = x.dataset and n.freq = x.freq and n.reporter = x.reporter
    and n.partner = x.partner and n.flow = x.flow and n.partner_basis = x.partner_basis
    and n.nomenclature = x.nomenclature and n.product = x.product and n.recency > x.recency
    and x.period >= n.first_period and x.period <= n.last_period
order by x.edition, x.freq, x.reporter, x.partner, x.flow, x.partner_basis, x.nomenclature,
         x.product, x.period
