"""Writes the tables that the tests read: make-tables.py <folder> [<s3 endpoint> <key id> <secret>]

delta    three partitions of 1,000 rows, then one more row in `eu`
deleted  the same, then all rows of `us` with n < 1500 deleted
checked  no partitions, three commits of 10 rows, of which the first two are in a checkpoint, and one column more
         in the last one
hostile  partitions by texts that mean something in a path, and by days
iceberg  two files of 1,000 rows, n from 0 and from 1,000 (only in the folder)
"""

import datetime
import sys

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

root, *s3 = sys.argv[1:]
storage = None
if s3:
    endpoint, key, secret = s3
    storage = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }

regions = ["eu"] * 1000 + ["us"] * 1000 + ["apac"] * 1000
rows = pa.table({"region": regions, "n": list(range(3000)), "x": [i * 1.5 for i in range(3000)]})
more = pa.table({"region": ["eu"], "n": [9999], "x": [1.0]})
for name in ("delta", "deleted"):
    write_deltalake(f"{root}/{name}", rows, partition_by=["region"], storage_options=storage)
    write_deltalake(f"{root}/{name}", more, mode="append", storage_options=storage)
DeltaTable(f"{root}/deleted", storage_options=storage).delete("region = 'us' AND n < 1500")

for start in (0, 10):
    part = pa.table({"n": list(range(start, start + 10))})
    write_deltalake(f"{root}/checked", part, mode="append", storage_options=storage)
DeltaTable(f"{root}/checked", storage_options=storage).create_checkpoint()
part = pa.table({"n": list(range(20, 30)), "name": ["x"] * 10})
write_deltalake(f"{root}/checked", part, mode="append", schema_mode="merge", storage_options=storage)

values = ["a/b", "x=y", "it's", "50%", "é ü", " space ", 'q"uote', "", "#?*[x]{y}", "a%20b", "日本", None]
days = [datetime.date(2026, 1, day + 1) if day % 5 else None for day in range(len(values))]
hostile = pa.table({"value": values, "day": days, 'the "n"': list(range(len(values)))})
write_deltalake(f"{root}/hostile", hostile, partition_by=["value", "day"], storage_options=storage)

if not s3:
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("tests", uri=f"sqlite:///{root}/iceberg.db", warehouse=f"file://{root}/iceberg")
    catalog.create_namespace("lake")
    table = catalog.create_table("lake.numbers", schema=rows.schema)
    table.append(rows.slice(0, 1000))
    table.append(rows.slice(1000, 1000))
    print(table.metadata_location.removeprefix("file://"))
