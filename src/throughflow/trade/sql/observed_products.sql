-- Products a dataset asked for, by frequency and nomenclature.
select c.dataset, c.freq, c.nomenclature, c.product
from coverage_range as c
where c.flow = 'export'
union
select b.dataset, b.freq, b.nomenclature, b.product
from coverage_block as b
where b.flow = 'export' and b.product is not null
order by dataset, freq, nomenclature, product
