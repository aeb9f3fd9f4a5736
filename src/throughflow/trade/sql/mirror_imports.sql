-- A row is what a hub recorded as imported from one partner in a year, all goods together.
with priced as (
    select f.dataset, f.reporter, f.partner, f.partner_basis, f.period,
           case when f.currency = $currency then f.value
                else cast(round(cast(f.value as double) * cast(b.per_eur as double)
                                / cast(a.per_eur as double), 2) as decimal(18, 2))
           end as amount
    from trade_current as f
    left join annual_rate as a on a.currency = f.currency and a.month = f.period
    left join annual_rate as b on b.currency = $currency and b.month = f.period
    join mirror_hub as h on f.reporter = h.hub
    where f.freq = 'A' and f.flow = 'import' and f.product = 'TOTAL'
)
select dataset, reporter as hub, partner, partner_basis, period, sum(amount) as value
from priced
group by dataset, reporter, partner, partner_basis, period
order by dataset, reporter, partner, partner_basis, period
