-- A row is a pair of countries that a world table covers, and in how many periods of the span. Its
-- blocks cover each of their pairs for each of their products, one block a period.
select b.reporter, b.partner, count(distinct b.first_period) as periods
from coverage_block as b
where b.dataset = $dataset and b.nomenclature = $nomenclature and b.freq = $freq
  and b.flow = 'export' and b.partner_basis = $basis and b.product is null
  and b.first_period >= $first and b.first_period <= $last
group by b.reporter, b.partner
order by b.reporter, b.partner
