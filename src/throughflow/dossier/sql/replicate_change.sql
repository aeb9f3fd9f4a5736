-- The sums behind a claimed change: before and after, in one currency.
select
    sum(case when f.period >= $base_first and f.period <= $base_last
             then f.value * p.sign else 0 end) as before,
    sum(case when f.period >= $first and f.period <= $last
             then f.value * p.sign else 0 end) as after
from trade_current as f
join claimed_product as p on f.product = p.product
join claimed_partner as h on f.partner = h.partner
join eu_member as m on f.reporter = m.reporter
where f.dataset = $dataset and f.freq = 'M' and f.flow = 'export' and f.currency = 'EUR'
order by before
