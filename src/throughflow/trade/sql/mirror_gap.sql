-- A row is what both sides recorded of the same goods in the same month or year: what an origin
-- says it sent to a hub, and what the hub says it received from that origin. A side without a
-- record is null, and only coverage tells whether that is a zero; a side with a value that has no
-- exchange rate is null and counted in `unpriced`. The gap is the logarithm of received over sent:
-- below zero where less arrives on record than left.
--   $export_dataset, $import_dataset   one dataset for each side
--   $export_basis, $import_basis       what makes the partner on each side
--   $export_digits, $import_digits     level of the codes to read on each side: never two at once
--   $digits                            digits to compare at; the world shares the first six
--   $freq, $currency                   M or A, with `period_rate` of such periods; ISO 4217
with rate as (
    select a.currency, a.month, cast(b.per_eur as double) as asked, cast(a.per_eur as double) as own
    from period_rate as a
    join period_rate as b on b.currency = $currency and b.month = a.month
),
sent_row as (
    select f.reporter as origin, f.partner as hub, left(f.product, $digits) as product, f.period,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * r.asked / r.own, 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join rate as r on r.currency = f.currency and r.month = f.period
    where f.dataset = $export_dataset and f.freq = $freq and f.flow = 'export'
      and f.partner_basis = $export_basis and length(f.product) = $export_digits
      and f.nomenclature <> 'TOTAL'
),
received_row as (
    select f.partner as origin, f.reporter as hub, left(f.product, $digits) as product, f.period,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * r.asked / r.own, 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join rate as r on r.currency = f.currency and r.month = f.period
    where f.dataset = $import_dataset and f.freq = $freq and f.flow = 'import'
      and f.partner_basis = $import_basis and length(f.product) = $import_digits
      and f.nomenclature <> 'TOTAL'
),
sent as (
    select origin, hub, product, period, sum(amount) as amount, count(*) as cells,
           count(*) - count(amount) as unpriced
    from sent_row
    group by origin, hub, product, period
),
received as (
    select origin, hub, product, period, sum(amount) as amount, count(*) as cells,
           count(*) - count(amount) as unpriced
    from received_row
    group by origin, hub, product, period
),
met as (
    select coalesce(s.origin, r.origin) as origin, coalesce(s.hub, r.hub) as hub,
           coalesce(s.product, r.product) as product, coalesce(s.period, r.period) as period,
           case when s.unpriced = 0 then s.amount end as sent,
           case when r.unpriced = 0 then r.amount end as received,
           coalesce(s.cells, 0) as sent_cells, coalesce(r.cells, 0) as received_cells,
           coalesce(s.unpriced, 0) + coalesce(r.unpriced, 0) as unpriced
    from sent as s
    full join received as r
        on s.origin = r.origin and s.hub = r.hub and s.product = r.product and s.period = r.period
)
select origin, hub, product, period, sent, received,
       case when sent > 0 and received > 0
            then cast(round(ln(cast(received as double) / cast(sent as double)), 6)
                      as decimal(9, 6))
       end as gap_log,
       sent_cells, received_cells, unpriced
from met
order by origin, hub, product, period
