-- A row is all an exporter recorded to a partner in a period, listed goods and fuels left out:
-- what stands for totals where a dataset publishes details only.
with priced as (
    select f.reporter, f.partner, f.period,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join family_member as w on f.product = w.product
    left join period_rate as a on a.currency = f.currency and a.month = f.period
    left join period_rate as b on b.currency = $currency and b.month = f.period
    where f.dataset = $dataset and f.nomenclature = $nomenclature and f.freq = $freq
      and f.flow = 'export' and f.partner_basis = $basis and length(f.product) = $digits
      and w.product is null and left(f.product, 2) <> '27'
)
select reporter, partner, period, sum(amount) as amount
from priced
group by reporter, partner, period
order by reporter, partner, period
