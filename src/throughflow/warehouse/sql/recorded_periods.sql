-- A row is how many values an edition records in a period.
select f.edition, f.period, count(*) as cells
from trade_flow as f
join asked_edition as a on f.edition = a.edition
group by f.edition, f.period
order by f.edition, f.period
