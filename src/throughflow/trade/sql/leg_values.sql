-- A row is what one leg's source recorded from one reporter to one partner in one product family and
-- month, with the weight, the quantity and how many of the rows behind it carry them.
with priced as (
    select s.leg, f.reporter, f.partner, w.family, f.period, f.net_kg, f.quantity, f.quantity_unit,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    join leg_source as s
        on f.dataset = s.dataset and f.nomenclature = s.nomenclature
        and f.partner_basis = s.basis and f.flow = s.flow
        and (f.reporter = s.reporter or s.reporter = '*')
        and (f.partner = s.partner or s.partner = '*')
    join leg_member as w on f.product = w.product and s.leg = w.leg
    left join exchange_rate as a on a.currency = f.currency and a.month = f.period
    left join exchange_rate as b on b.currency = $currency and b.month = f.period
    where f.freq = 'M' and length(f.product) = s.digits
      and f.period >= $first and f.period <= $last
)
select leg, reporter, partner, family, period, sum(amount) as amount,
       count(*) - count(amount) as unpriced,
       sum(cast(net_kg as decimal(18, 3))) as net_kg, count(*) - count(net_kg) as unweighed,
       sum(cast(quantity as decimal(18, 3))) as quantity, count(*) - count(quantity) as uncounted,
       min(quantity_unit) as unit, count(distinct quantity_unit) as units
from priced
group by leg, reporter, partner, family, period
order by leg, family, reporter, partner, period
