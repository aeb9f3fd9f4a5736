-- A row is a series an edition could have shown over a range of periods. World tables give blocks,
-- which cover each of their pairs of countries for each of their products; they are written out
-- here and held in two lists: a query that asks for few products or pairs reads only those.
create view coverage as
with pair as (
    select b.*
    from coverage_block as b
    where b.product is null
),
good as (
    select b.*
    from coverage_block as b
    where b.product is not null
)
select r.edition, r.dataset, r.freq, r.reporter, r.partner, r.flow, r.partner_basis,
       r.nomenclature, r.product, r.first_period, r.last_period
from coverage_range as r
union all
select p.edition, p.dataset, p.freq, p.reporter, p.partner, p.flow, p.partner_basis,
       p.nomenclature, g.product, p.first_period, p.last_period
from pair as p
join good as g
    on g.edition = p.edition and g.dataset = p.dataset and g.freq = p.freq and g.flow = p.flow
    and g.partner_basis = p.partner_basis and g.nomenclature = p.nomenclature
    and g.first_period = p.first_period and g.last_period = p.last_period
