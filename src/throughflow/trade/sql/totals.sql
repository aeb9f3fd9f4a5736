-- A row is all an exporter recorded to a partner in a period, with its fuels apart.
with priced as (
    select f.reporter, f.partner, f.period, f.product,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join period_rate as a on a.currency = f.currency and a.month = f.period
    left join period_rate as b on b.currency = $currency and b.month = f.period
    where f.dataset = $dataset and f.freq = $freq and f.flow = 'export' and f.partner_basis = $basis
      and f.product in ('TOTAL', '27')
)
select reporter, partner, period,
       sum(case when product = 'TOTAL' then amount else 0 end) as total,
       sum(case when product = '27' then amount else 0 end) as fuels
from priced
group by reporter, partner, period
order by reporter, partner, period
