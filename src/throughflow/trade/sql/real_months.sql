-- A row is a value that a dataset records of monthly exports until some month.
select f.period, f.freq, f.reporter, f.partner, f.flow, f.product, f.nomenclature, f.value,
       f.currency
from trade_current as f
where f.dataset = $dataset and f.freq = 'M' and f.flow = 'export' and f.period <= $last
order by f.reporter, f.partner, f.product, f.period
