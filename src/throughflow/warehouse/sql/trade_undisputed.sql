-- What trade_current is where no dataset has a cell covered twice: every row decides its cell.
create view trade_current as
select f.*
from trade_flow as f
