-- A row is how many of the claimed cells a dataset was asked for over both windows.
select c.dataset, count(distinct c.reporter || '/' || c.partner || '/' || c.product) as cells
from coverage as c
join claimed_product as p on c.product = p.product
join claimed_partner as h on c.partner = h.partner
join eu_member as m on c.reporter = m.reporter
where c.freq = 'M' and c.flow = 'export'
  and c.first_period <= $base_first and c.last_period >= $last
group by c.dataset
order by cells desc, c.dataset
