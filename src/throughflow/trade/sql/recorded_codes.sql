-- A row is how many distinct product × partner cells an exporter recorded in a period, states
-- under restrictions left out: trade with them ends by law, not for want of data.
select f.reporter, f.period, count(*) as cells
from trade_current as f
where f.dataset = $dataset and f.nomenclature = $nomenclature and f.freq = $freq
  and f.flow = 'export' and f.partner_basis = $basis and length(f.product) = $digits
  and f.partner not in (select s.partner from restricted_state as s)
group by f.reporter, f.period
order by f.reporter, f.period
