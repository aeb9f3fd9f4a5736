-- The last period a dataset was asked for.
select max(c.last_period) as last_period
from coverage as c
where c.dataset = $dataset and c.freq = $freq
