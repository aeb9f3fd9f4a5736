-- A row is a cell whose value an older edition recorded and a newer one, which could have shown
-- the cell, decides about. Most datasets have no cell covered twice; they are not looked at. Pairs
-- and products of a block are never joined to each other: each row is looked up in the pairs first,
-- in two halves, which keeps an optimiser from starting with the millions of cells that the two
-- lists stand for.
with contested as (
    select f.*, e.recency
    from trade_flow as f
    join edition as e on f.edition = e.edition
    join overlapping_dataset as o on f.dataset = o.dataset
),
newer as (
    select c.dataset, c.freq, c.reporter, c.partner, c.flow, c.partner_basis, c.nomenclature,
           c.product, c.first_period, c.last_period, e.recency
    from coverage_range as c
    join edition as e on c.edition = e.edition
    join overlapping_dataset as o on c.dataset = o.dataset
),
newer_block as (
    select b.*, e.recency
    from coverage_block as b
    join edition as e on b.edition = e.edition
    join overlapping_dataset as o on b.dataset = o.dataset
),
newer_pair as (
    select n.*
    from newer_block as n
    where n.product is null
),
newer_good as (
    select n.*
    from newer_block as n
    where n.product is not null
),
in_newer_pair as (
    select x.edition, x.freq, x.reporter, x.partner, x.flow, x.partner_basis, x.nomenclature,
           x.product, x.period, p.edition as newer, p.first_period, p.last_period
    from contested as x
    join newer_pair as p
        on p.dataset = x.dataset and p.freq = x.freq and p.flow = x.flow
        and p.partner_basis = x.partner_basis and p.nomenclature = x.nomenclature
        and p.reporter = x.reporter and p.partner = x.partner and p.recency > x.recency
        and x.period >= p.first_period and x.period <= p.last_period
    where x.flow = 'export'
    union all
    select x.edition, x.freq, x.reporter, x.partner, x.flow, x.partner_basis, x.nomenclature,
           x.product, x.period, p.edition as newer, p.first_period, p.last_period
    from contested as x
    join newer_pair as p
        on p.dataset = x.dataset and p.freq = x.freq and p.flow = x.flow
        and p.partner_basis = x.partner_basis and p.nomenclature = x.nomenclature
        and p.reporter = x.reporter and p.partner = x.partner and p.recency > x.recency
        and x.period >= p.first_period and x.period <= p.last_period
    where x.flow <> 'export'
),
withdrawn as (
    select distinct x.edition, x.freq, x.reporter, x.partner, x.flow, x.partner_basis,
           x.nomenclature, x.product, x.period
    from contested as x
    join newer as n
        on n.dataset = x.dataset and n.freq = x.freq and n.reporter = x.reporter
        and n.partner = x.partner and n.flow = x.flow and n.partner_basis = x.partner_basis
        and n.nomenclature = x.nomenclature and n.product = x.product and n.recency > x.recency
        and x.period >= n.first_period and x.period <= n.last_period
    union all
    select i.edition, i.freq, i.reporter, i.partner, i.flow, i.partner_basis, i.nomenclature,
           i.product, i.period
    from in_newer_pair as i
    join newer_good as g
        on g.edition = i.newer and g.freq = i.freq and g.flow = i.flow
        and g.partner_basis = i.partner_basis and g.nomenclature = i.nomenclature
        and g.product = i.product
        and g.first_period = i.first_period and g.last_period = i.last_period
)
select distinct w.edition, w.freq, w.reporter, w.partner, w.flow, w.partner_basis,
       w.nomenclature, w.product, w.period
from withdrawn as w
order by w.edition, w.freq, w.reporter, w.partner, w.flow, w.partner_basis, w.nomenclature,
         w.product, w.period
