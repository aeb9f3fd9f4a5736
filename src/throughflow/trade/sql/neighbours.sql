-- A row is what the exporters recorded of one unlisted code of a listed heading, to the hub and to
-- destinations that are compared with it.
with priced as (
    select f.product, f.period, d.role,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    join neighbour as n on f.product = n.product
    join exporter as o on f.reporter = o.reporter
    join destination as d on f.partner = d.partner
    left join exchange_rate as a on a.currency = f.currency and a.month = f.period
    left join exchange_rate as b on b.currency = $currency and b.month = f.period
    where f.dataset = $dataset and f.nomenclature = $nomenclature and f.freq = 'M'
      and f.flow = 'export' and f.partner_basis = $basis
      and f.period >= $first and f.period <= $last
)
select product, role, period, sum(amount) as amount, count(*) - count(amount) as unpriced
from priced
group by product, role, period
order by product, role, period
