-- Products a dataset asked for, by nomenclature and number of digits.
select distinct c.dataset, c.nomenclature, c.product
from coverage as c
where c.freq = 'M' and c.flow = 'export' and c.nomenclature <> 'TOTAL'
order by c.dataset, c.nomenclature, c.product
