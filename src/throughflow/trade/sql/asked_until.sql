-- The last period a dataset was asked for.
with asked as (
    select c.last_period
    from coverage_range as c
    where c.dataset = $dataset and c.freq = $freq
    union all
    select b.last_period
    from coverage_block as b
    where b.dataset = $dataset and b.freq = $freq
)
select max(a.last_period) as last_period
from asked as a
