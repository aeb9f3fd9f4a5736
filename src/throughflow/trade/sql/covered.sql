-- A row is a cell the data could have shown for the whole span: all members of the family
-- asked for, for this exporter and partner.
select c.reporter, c.partner, w.family, count(distinct c.product) as members
from coverage as c
join family_member as w on c.product = w.product
where c.dataset = $dataset and c.nomenclature = $nomenclature
  and c.freq = 'M' and c.flow = 'export'
  and c.first_period <= $first and c.last_period >= $last
group by c.reporter, c.partner, w.family
order by w.family, c.reporter, c.partner
