-- A row is a dataset's record of one product level: how much of it is on the list, and since when.
with listed as (select distinct product from listed_product)
select f.dataset, f.nomenclature, length(f.product) as digits, f.partner_basis,
       count(*) as recorded, min(f.period) as first_period, max(f.period) as last_period
from trade_current as f
join listed as l on f.product = l.product
where f.freq = 'M' and f.flow = 'export' and f.nomenclature <> 'TOTAL'
group by f.dataset, f.nomenclature, length(f.product), f.partner_basis
order by recorded desc, f.dataset, f.nomenclature, digits, f.partner_basis
