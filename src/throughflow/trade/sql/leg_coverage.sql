-- A row is a range of months for which a leg's source was asked for a product, whoever the partner.
select distinct s.leg, w.product, c.first_period, c.last_period
from coverage as c
join leg_source as s
    on c.dataset = s.dataset and c.nomenclature = s.nomenclature
    and c.partner_basis = s.basis and c.flow = s.flow
    and (c.reporter = s.reporter or s.reporter = '*')
    and (c.partner = s.partner or s.partner = '*')
join leg_member as w on c.product = w.product and s.leg = w.leg
where c.freq = 'M'
order by s.leg, w.product, c.first_period, c.last_period
