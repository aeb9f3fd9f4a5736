-- A row is a recorded month of one series with what the series recorded in the twelve months that
-- end there, and in how many of them. Months without a record are no rows and add nothing; only
-- coverage tells whether they are zeros. A year with a value that has no exchange rate is null.
--   $dataset, $nomenclature, $flow, $basis, $digits   one dataset, one level of codes
--   $first, $last                                     months to show; the year before is read too
--   $currency                                         ISO 4217
with rate as (
    select a.currency, a.month, cast(b.per_eur as double) as asked, cast(a.per_eur as double) as own
    from exchange_rate as a
    join exchange_rate as b on b.currency = $currency and b.month = a.month
),
priced as (
    select f.reporter, f.partner, f.product, f.period,
           extract(year from f.period) * 12 + extract(month from f.period) as month,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * r.asked / r.own, 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join rate as r on r.currency = f.currency and r.month = f.period
    where f.dataset = $dataset and f.nomenclature = $nomenclature and f.freq = 'M'
      and f.flow = $flow and f.partner_basis = $basis and length(f.product) = $digits
      and extract(year from f.period) * 12 + extract(month from f.period)
          > extract(year from cast($first as date)) * 12
            + extract(month from cast($first as date)) - 12
      and f.period <= $last
),
rolled as (
    select p.*, sum(p.amount) over year as year_amount, count(p.amount) over year as priced_months,
           count(*) over year as months
    from priced as p
    window year as (
        partition by p.reporter, p.partner, p.product order by p.month
        range between 11 preceding and current row
    )
)
select reporter, partner, product, period, amount,
       case when priced_months = months then year_amount end as year_amount, months
from rolled
where period >= $first
order by product, reporter, partner, period
