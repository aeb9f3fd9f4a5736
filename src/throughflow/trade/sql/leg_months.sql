-- A row is how many product × partner cells a reporter of a leg recorded in a month, over all its
-- partners but, for exports of the coalition, states under restrictions.
select s.leg, f.reporter, f.period, count(*) as cells
from trade_current as f
join leg_source as s
    on f.dataset = s.dataset and f.nomenclature = s.nomenclature
    and f.partner_basis = s.basis and f.flow = s.flow
    and (f.reporter = s.reporter or s.reporter = '*')
where f.freq = 'M' and length(f.product) = s.digits
  and (s.reporter <> '*' or f.partner not in (select r.partner from restricted_state as r))
group by s.leg, f.reporter, f.period
order by s.leg, f.reporter, f.period
