-- A row is a dataset's record of one product level: how much of it is on the list, since when, and
-- between which editions of the nomenclature (the same twice where there is one).
with listed as (select distinct product from listed_product)
select f.dataset, f.freq, f.nomenclature, length(f.product) as digits, f.partner_basis,
       count(*) as recorded, min(f.period) as first_period, max(f.period) as last_period,
       min(coalesce(f.nomenclature_edition, '')) as oldest_edition,
       max(coalesce(f.nomenclature_edition, '')) as newest_edition
from trade_current as f
join listed as l on f.product = l.product
where f.flow = 'export'
group by f.dataset, f.freq, f.nomenclature, length(f.product), f.partner_basis
order by f.freq desc, recorded desc, f.dataset, f.nomenclature, digits, f.partner_basis
