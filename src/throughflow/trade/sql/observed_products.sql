-- Products a dataset asked for, by frequency and nomenclature.
select distinct c.dataset, c.freq, c.nomenclature, c.product
from coverage as c
where c.flow = 'export'
order by c.dataset, c.freq, c.nomenclature, c.product
