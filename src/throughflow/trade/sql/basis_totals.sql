-- A row is all a hub recorded as imported from one partner in a period, by what makes the partner.
with priced as (
    select f.dataset, f.freq, f.partner, f.partner_basis, f.period,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join dated_rate as a
        on a.freq = f.freq and a.currency = f.currency and a.month = f.period
    left join dated_rate as b
        on b.freq = f.freq and b.currency = $currency and b.month = f.period
    where f.flow = 'import' and f.product = 'TOTAL' and f.reporter = $hub
)
select dataset, freq, partner, partner_basis, period, sum(amount) as amount,
       count(*) - count(amount) as unpriced
from priced
group by dataset, freq, partner, partner_basis, period
order by dataset, freq, partner_basis, partner, period
