-- A row is a product of a family that a world table covers, and in how many periods of the span.
select w.family, b.product, count(distinct b.first_period) as periods
from coverage_block as b
join family_member as w on b.product = w.product
where b.dataset = $dataset and b.nomenclature = $nomenclature and b.freq = $freq
  and b.flow = 'export' and b.partner_basis = $basis
  and b.first_period >= $first and b.first_period <= $last
group by w.family, b.product
order by w.family, b.product
