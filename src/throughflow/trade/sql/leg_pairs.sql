-- A row is a range of months for which a leg's source was asked for a pair of countries, whatever
-- the product.
select distinct s.leg, c.reporter, c.partner, c.first_period, c.last_period
from coverage as c
join leg_source as s
    on c.dataset = s.dataset and c.nomenclature = s.nomenclature
    and c.partner_basis = s.basis and c.flow = s.flow
    and (c.reporter = s.reporter or s.reporter = '*')
    and (c.partner = s.partner or s.partner = '*')
where c.freq = 'M' and length(c.product) = s.digits
order by s.leg, c.reporter, c.partner, c.first_period, c.last_period
