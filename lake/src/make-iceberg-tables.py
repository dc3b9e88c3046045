"""Writes Iceberg tables and prints their metadata files as JSON: make-iceberg-tables.py <folder> [<s3 endpoint> <key id> <secret>]

Each has a file with n from 0 to 999 and one with n from 1,000 to 1,999.

whole      nothing is deleted
rewritten  pyiceberg deleted n from 1,000 to 1,499, which rewrites the second file
positions  the same rows are deleted by a file with their positions
equality   the same rows are deleted by a file with their values of n

pyiceberg reads the last two forms and writes neither of them, so their delete files are committed here.
"""

import json
import sys
import uuid

import pyarrow
import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat, ManifestContent, ManifestWriterV2
from pyiceberg.typedef import Record

root, *s3 = sys.argv[1:]
storage = {}
if s3:
    endpoint, key, secret = s3
    storage = {
        "s3.endpoint": endpoint,
        "s3.access-key-id": key,
        "s3.secret-access-key": secret,
        "s3.region": "us-east-1",
    }
base = root if "://" in root else f"file://{root}"
catalog = SqlCatalog("tests", uri="sqlite:///:memory:", warehouse=f"{base}/iceberg-tables", **storage)
catalog.create_namespace("lake")


class DeletesWriter(ManifestWriterV2):
    """A manifest of delete files."""

    def content(self):
        return ManifestContent.DELETES

    @property
    def _meta(self):
        return {**super()._meta, "content": "deletes"}


def field(name, type, id):
    return pyarrow.field(name, type, nullable=False, metadata={"PARQUET:field_id": str(id)})


def commit_deletes(table, content, rows, equality_ids=None):
    path = f"{table.location()}/data/{uuid.uuid4()}-deletes.parquet"
    with table.io.new_output(path).create() as out:
        pyarrow.parquet.write_table(rows, out)
    no_statistics = ["column_sizes", "value_counts", "null_value_counts", "nan_value_counts", "lower_bounds", "upper_bounds"]
    file = DataFile.from_args(
        content=content,
        file_path=path,
        file_format=FileFormat.PARQUET,
        partition=Record(),
        record_count=rows.num_rows,
        file_size_in_bytes=len(table.io.new_input(path)),
        equality_ids=equality_ids,
        **{name: {} for name in no_statistics},
    )
    file.spec_id = table.spec().spec_id
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as snapshot:
        snapshot.new_manifest_writer = lambda spec: DeletesWriter(
            spec, table.schema(), snapshot.new_manifest_output(), snapshot.snapshot_id, "deflate"
        )
        snapshot.append_data_file(file)


rows = pyarrow.table({"n": list(range(2000)), "x": [i * 1.5 for i in range(2000)]})


def create(name):
    table = catalog.create_table(f"lake.{name}", schema=rows.schema)
    table.append(rows.slice(0, 1000))
    [first] = [task.file.file_path for task in table.scan().plan_files()]
    table.append(rows.slice(1000))
    [second] = [task.file.file_path for task in table.scan().plan_files() if task.file.file_path != first]
    return table, second


whole, _ = create("whole")

rewritten, _ = create("rewritten")
rewritten.delete("n >= 1000 AND n < 1500")

positions, second = create("positions")
schema = pyarrow.schema([field("file_path", pyarrow.string(), 2147483546), field("pos", pyarrow.int64(), 2147483545)])
deleted = pyarrow.table({"file_path": [second] * 500, "pos": list(range(500))}, schema=schema)
commit_deletes(positions, DataFileContent.POSITION_DELETES, deleted)

equality, _ = create("equality")
id = equality.schema().find_field("n").field_id
deleted = pyarrow.table({"n": list(range(1000, 1500))}, schema=pyarrow.schema([field("n", pyarrow.int64(), id)]))
commit_deletes(equality, DataFileContent.EQUALITY_DELETES, deleted, [id])

tables = {"whole": whole, "rewritten": rewritten, "positions": positions, "equality": equality}
print(json.dumps({name: table.metadata_location.removeprefix("file://") for name, table in tables.items()}))
