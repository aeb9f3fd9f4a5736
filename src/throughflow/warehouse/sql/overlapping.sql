-- Datasets in which two editions could both have shown some cell. Blocks are compared by their
-- lists and never written out: they overlap where they share a pair of countries and a product.
with covered as (
    select c.dataset, c.edition, c.freq, c.reporter, c.partner, c.flow, c.partner_basis,
           c.nomenclature, c.product, c.first_period, c.last_period
    from coverage_range as c
),
pair as (
    select b.*
    from coverage_block as b
    where b.product is null
),
good as (
    select b.*
    from coverage_block as b
    where b.product is not null
),
shared_pair as (
    select distinct a.dataset, a.edition as one, b.edition as other, a.freq, a.flow,
           a.partner_basis, a.nomenclature, a.first_period, a.last_period,
           b.first_period as other_first, b.last_period as other_last
    from pair as a
    join pair as b
        on a.dataset = b.dataset and a.freq = b.freq and a.flow = b.flow
        and a.partner_basis = b.partner_basis and a.nomenclature = b.nomenclature
        and a.reporter = b.reporter and a.partner = b.partner and a.edition < b.edition
        and a.first_period <= b.last_period and b.first_period <= a.last_period
),
shared_good as (
    select distinct a.dataset, a.edition as one, b.edition as other, a.freq, a.flow,
           a.partner_basis, a.nomenclature, a.first_period, a.last_period,
           b.first_period as other_first, b.last_period as other_last
    from good as a
    join good as b
        on a.dataset = b.dataset and a.freq = b.freq and a.flow = b.flow
        and a.partner_basis = b.partner_basis and a.nomenclature = b.nomenclature
        and a.product = b.product and a.edition < b.edition
        and a.first_period <= b.last_period and b.first_period <= a.last_period
),
in_a_pair as (
    select distinct c.dataset, c.freq, c.flow, c.partner_basis, c.nomenclature, c.product,
           p.edition, p.first_period, p.last_period
    from covered as c
    join pair as p
        on p.dataset = c.dataset and p.freq = c.freq and p.flow = c.flow
        and p.partner_basis = c.partner_basis and p.nomenclature = c.nomenclature
        and p.reporter = c.reporter and p.partner = c.partner and p.edition <> c.edition
        and p.first_period <= c.last_period and c.first_period <= p.last_period
),
found as (
    select a.dataset
    from covered as a
    join covered as b
        on a.dataset = b.dataset and a.freq = b.freq and a.reporter = b.reporter
        and a.partner = b.partner and a.flow = b.flow and a.partner_basis = b.partner_basis
        and a.nomenclature = b.nomenclature and a.product = b.product and a.edition < b.edition
        and a.first_period <= b.last_period and b.first_period <= a.last_period
    union all
    select p.dataset
    from shared_pair as p
    join shared_good as g
        on g.dataset = p.dataset and g.one = p.one and g.other = p.other and g.freq = p.freq
        and g.flow = p.flow and g.partner_basis = p.partner_basis
        and g.nomenclature = p.nomenclature
        and g.first_period = p.first_period and g.last_period = p.last_period
        and g.other_first = p.other_first and g.other_last = p.other_last
    union all
    select i.dataset
    from in_a_pair as i
    join good as g
        on g.edition = i.edition and g.dataset = i.dataset and g.freq = i.freq
        and g.flow = i.flow and g.partner_basis = i.partner_basis
        and g.nomenclature = i.nomenclature and g.product = i.product
        and g.first_period = i.first_period and g.last_period = i.last_period
)
select distinct f.dataset
from found as f
order by f.dataset
