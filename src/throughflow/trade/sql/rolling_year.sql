-- A row is a recorded month of one series with what the series recorded in the twelve months that
-- end there, and in how many of them. Months without a record are no rows and add nothing; only
-- coverage tells whether they are zeros. A year with a value that has no exchange rate is null.
--   $dataset, $nomenclature, $flow, $basis, $digits   one dataset, one level of codes
--   $first, $last                                     months to show; the year before is read too
--   $currency                                         ISO 4217
-- Rows go through the window and the last sort with two whole numbers for the three texts of their
-- series, numbered in the order of the result: half the work and the memory of texts.
with rate as (
    select a.currency, a.month, cast(b.per_eur as double) as asked, cast(a.per_eur as double) as own
    from exchange_rate as a
    join exchange_rate as b on b.currency = $currency and b.month = a.month
),
pair as (
    select d.reporter, d.partner,
           cast(row_number() over (order by d.reporter, d.partner) as integer) as pair
    from (select distinct reporter, partner from trade_current where dataset = $dataset) as d
),
good as (
    select d.product, cast(row_number() over (order by d.product) as integer) as good
    from (select distinct product from trade_current where dataset = $dataset) as d
    where length(d.product) = $digits
),
-- One row with the texts in the order of their numbers: to look them up is cheaper than a join,
-- and no estimate of sizes can make an engine build that join from the millions of rows.
named as (
    select (select list_sort(list({'reporter': p.reporter, 'partner': p.partner})) from pair as p)
               as pairs,
           (select list_sort(list(g.product)) from good as g) as products
),
priced as (
    select p.pair, g.good, f.period,
           cast(extract(year from f.period) * 12 + extract(month from f.period) as integer)
               as month,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * r.asked / r.own, 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    join pair as p on p.reporter = f.reporter and p.partner = f.partner
    join good as g on g.product = f.product
    left join rate as r on r.currency = f.currency and r.month = f.period
    where f.dataset = $dataset and f.nomenclature = $nomenclature and f.freq = 'M'
      and f.flow = $flow and f.partner_basis = $basis and f.period <= $last
      and f.period > cast(cast($first as date) - interval 12 month as date)
),
-- Each function over the frame costs as much as the sort, so one count says too whether a value is
-- missing: a record without a rate counts a thousand more.
rolled as (
    select p.pair, p.good, p.period, p.amount,
           sum(p.amount) over year as year_amount,
           cast(sum(case when p.amount is null then 1001 else 1 end) over year as bigint)
               as records
    from priced as p
    window year as (
        partition by p.good, p.pair order by p.month
        range between 11 preceding and current row
    )
)
select list_extract(n.pairs, r.pair).reporter as reporter,
       list_extract(n.pairs, r.pair).partner as partner,
       list_extract(n.products, r.good) as product, r.period, r.amount,
       case when r.records < 1000 then r.year_amount end as year_amount,
       r.records % 1000 as months
from rolled as r
cross join named as n
where r.period >= $first
order by r.good, r.pair, r.period
