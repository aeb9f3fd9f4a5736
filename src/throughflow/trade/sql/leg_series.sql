-- A row is a dataset's record of one leg at one product level: how much of it, and from when to when.
with listed as (select distinct product from listed_product)
select s.leg, f.dataset, f.nomenclature, length(f.product) as digits, f.partner_basis,
       count(*) as recorded, count(l.product) as listed,
       count(case when l.product is not null
                   and (f.net_kg is not null or f.quantity is not null) then 1 end) as measured,
       min(f.period) as first_period, max(f.period) as last_period
from trade_current as f
join leg_side as s
    on f.flow = s.flow and (f.reporter = s.reporter or s.reporter = '*')
    and (f.partner = s.partner or s.partner = '*')
left join listed as l on left(f.product, 6) = l.product
where f.freq = 'M' and f.nomenclature <> 'TOTAL' and length(f.product) in (6, 8)
group by s.leg, f.dataset, f.nomenclature, length(f.product), f.partner_basis
order by s.leg, f.dataset, f.nomenclature, digits, f.partner_basis
