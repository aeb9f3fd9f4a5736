-- A row is one cell: what one reporter, partner, product and flow come to in a period, statistical
-- procedures added up. Within a procedure a line stands once; codes with letters are the exception,
-- whose lines differ in other classifications and are parts.
with procedure_part as (
    select c.cell, c.procedure, c.is_confidential,
           count(*) as lines, min(c.source_row) as source_row,
           sum(c.value) as value, min(c.value) as least, max(c.value) as most,
           sum(c.kilograms) as kilograms, min(c.kilograms) as lightest,
           max(c.kilograms) as heaviest,
           sum(c.counted) as counted, min(c.unit) as first_unit, max(c.unit) as last_unit
    from comext_line as c
    group by c.cell, c.procedure, c.is_confidential
),
judged as (
    select p.*,
           case when p.lines > 1 and not p.is_confidential then p.lines - 1 else 0 end as repeated,
           case when p.lines > 1 and not p.is_confidential
                     and (p.least <> p.most or coalesce(p.lightest <> p.heaviest, false))
                then 1 else 0 end as is_torn
    from procedure_part as p
)
select j.cell, min(j.source_row) as source_row, sum(j.lines) as lines,
       cast(sum(case when j.repeated > 0 then j.least else j.value end) as decimal(18, 2)) as value,
       cast(sum(case when j.repeated > 0 then j.lightest else j.kilograms end) as double) as net_kg,
       case when min(j.first_unit) = max(j.last_unit) and sum(j.repeated) = 0
            then cast(sum(j.counted) as double) end as quantity,
       case when min(j.first_unit) = max(j.last_unit) and sum(j.repeated) = 0
            then min(j.first_unit) end as quantity_unit,
       sum(j.repeated) as repeated, max(j.is_torn) as is_torn
from judged as j
group by j.cell
order by source_row, j.cell
