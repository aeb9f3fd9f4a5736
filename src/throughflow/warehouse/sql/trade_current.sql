-- The newest edition that could have shown a cell decides about it, within one dataset: a value
-- it records wins, and a value it no longer records is withdrawn. What that leaves out stands in
-- `superseded`, worked out once; datasets with no cell covered twice skip the comparison.
create view trade_current as
select f.*
from trade_flow as f
left join overlapping_dataset as o on f.dataset = o.dataset
where o.dataset is null
union all
select f.*
from trade_flow as f
join overlapping_dataset as o on f.dataset = o.dataset
left join superseded as s
    on s.edition = f.edition and s.freq = f.freq and s.reporter = f.reporter
    and s.partner = f.partner and s.flow = f.flow and s.partner_basis = f.partner_basis
    and s.nomenclature = f.nomenclature and s.product = f.product and s.period = f.period
where s.edition is null
