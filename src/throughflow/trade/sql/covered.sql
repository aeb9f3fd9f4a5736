-- A row is an exporter, a partner and a family the data were asked for cell by cell, with how many
-- members of the family they could have shown for the whole span. Ranges of several files that touch
-- or overlap count as one.
with asked as (
    select distinct c.reporter, c.partner, w.family, c.product, c.first_period, c.last_period,
           (extract(year from c.first_period) * 12 + extract(month from c.first_period) - 1)
               / $months as begins,
           (extract(year from c.last_period) * 12 + extract(month from c.last_period) - 1)
               / $months as ends
    from coverage_range as c
    join family_member as w on c.product = w.product
    where c.dataset = $dataset and c.nomenclature = $nomenclature
      and c.freq = $freq and c.flow = 'export' and c.partner_basis = $basis
),
marked as (
    select a.*,
           max(a.ends) over (
               partition by a.reporter, a.partner, a.product order by a.begins, a.ends
               rows between unbounded preceding and 1 preceding
           ) as reached
    from asked as a
),
numbered as (
    select m.*,
           sum(case when m.begins <= m.reached + 1 then 0 else 1 end) over (
               partition by m.reporter, m.partner, m.product order by m.begins, m.ends
               rows between unbounded preceding and current row
           ) as run
    from marked as m
),
runs as (
    select n.reporter, n.partner, n.family, n.product, n.run,
           min(n.first_period) as first_period, max(n.last_period) as last_period
    from numbered as n
    group by n.reporter, n.partner, n.family, n.product, n.run
)
select r.reporter, r.partner, r.family,
       count(distinct case when r.first_period <= $first and r.last_period >= $last
                           then r.product end) as members
from runs as r
group by r.reporter, r.partner, r.family
order by r.family, r.reporter, r.partner
