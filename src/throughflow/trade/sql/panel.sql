-- A row is what one exporter recorded to one partner in one product family and period.
with priced as (
    select f.reporter, f.partner, w.family, f.period,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    join family_member as w on f.product = w.product
    left join period_rate as a on a.currency = f.currency and a.month = f.period
    left join period_rate as b on b.currency = $currency and b.month = f.period
    where f.dataset = $dataset and f.nomenclature = $nomenclature
      and f.freq = $freq and f.flow = 'export' and f.partner_basis = $basis
)
select reporter, partner, family, period, sum(amount) as amount,
       count(*) - count(amount) as unpriced
from priced
group by reporter, partner, family, period
order by family, reporter, partner, period
