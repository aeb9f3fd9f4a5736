-- The publisher's words for each product, from the latest edition that has them.
with ranked as (
    select l.product, l.label,
           row_number() over (partition by l.product order by e.recency desc, l.label) as place
    from product_label as l
    join edition as e on l.edition = e.edition
    where l.nomenclature = $nomenclature
)
select product, label from ranked where place = 1 order by product
