-- A row is a dataset that records yearly or monthly totals, and for whom.
select f.dataset, f.freq, f.flow, f.reporter, f.partner_basis,
       count(distinct f.partner) as partners, count(distinct f.period) as periods
from trade_current as f
where f.product = 'TOTAL'
group by f.dataset, f.freq, f.flow, f.reporter, f.partner_basis
order by f.dataset, f.freq, f.flow, f.reporter, f.partner_basis
