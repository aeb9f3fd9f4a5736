-- A row is a product that the chosen source of a leg was asked for.
select distinct s.leg, c.product
from coverage as c
join leg_source as s
    on c.dataset = s.dataset and c.nomenclature = s.nomenclature
    and c.partner_basis = s.basis and c.flow = s.flow
where c.freq = 'M' and length(c.product) = s.digits
order by s.leg, c.product
