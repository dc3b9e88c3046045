/** The keywords of Trino 483, reserved and not reserved, in lower case. */
export const KEYWORDS: readonly string[] = `
  absent add admin after all alter analyze and any array as asc at authorization auto begin bernoulli between both by
  call called cascade case cast catalog catalogs column columns comment commit committed conditional constraint copartition
  count create cross cube current current_catalog current_date current_path current_role current_schema current_time
  current_timestamp current_user data date day deallocate declare default define definer delete deny desc describe
  descriptor deterministic distinct distributed do double drop else elseif empty encoding end error escape except
  excluding execute exists explain extract false fast fetch filter final first following for format from full function
  functions grace grant granted grants graphviz group grouping groups having hour if ignore immediate in including
  initial inner input insert intersect interval into invoker io is isolation iterate join json json_array json_exists
  json_object json_query json_table json_value keep key keys language last lateral leading leave left level like limit
  listagg local localtime localtimestamp logical loop map match match_recognize matched matches materialized measures
  merge minute month natural nested new next nfc nfd nfkc nfkd no none normalize not null nullif nulls object of offset
  omit on one only option or order ordinality outer output over overflow partition partitions passing past path pattern
  per period permute plan position preceding precision prepare privileges properties prune quotes range read recursive
  refresh rename repeat repeatable replace reset respect restrict return returning returns revoke right role roles
  rollback rollup row rows running scalar schema schemas second security seek select serializable session set sets show
  skip some start stats string subset substring system table tables tablesample text ties time timestamp to trailing
  transaction trim true truncate try_cast type uescape unbounded uncommitted unconditional union unique unknown unmatched
  unnest until update use user using utf16 utf32 utf8 validate value values verbose version view when where while window
  with within without work wrapper write year zone`
  .trim()
  .split(/\s+/);
