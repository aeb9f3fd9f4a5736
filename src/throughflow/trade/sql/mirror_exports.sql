-- A row is what the coalition recorded as sent to a hub in a year or month, all goods together.
with priced as (
    select f.partner, f.period,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join period_rate as a on a.currency = f.currency and a.month = f.period
    left join period_rate as b on b.currency = $currency and b.month = f.period
    where f.dataset = $dataset and f.freq = $freq and f.flow = 'export' and f.partner_basis = 'destination'
      and f.product = 'TOTAL' and f.reporter = $sender
)
select partner as hub, period, sum(amount) as value
from priced
group by partner, period
order by partner, period
