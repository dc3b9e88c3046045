"""Writes Delta tables with features of the protocol that deltalake does not write: make-protocol-tables.py <folder>

vectors    three files of 100,000 numbers n; of the first, each 7th row is deleted (in a file), of the second, the rows
           0, 5 and 99,999 (in the log), of the third, the rows 10 to 89,999 (in the same file as the first)
by-name    columns that have other names in the files, also in nested ones, and a partition
flat       a column that has another name in the file, without a partition
mapped     the same table as by-name, whose metadata is only in a checkpoint
by-id      the same as by-name, with other names in a second file, where only the ids are the same
parts      ten commits of 10 numbers each, the first eight only in a checkpoint of two parts
sidecars   the same, with the checkpoint in a Parquet file that names two files with the actions
json       the same, with the checkpoint in a JSON file
"""

import glob
import json
import os
import shutil
import struct
import sys
import uuid
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

root = sys.argv[1]
Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def z85(data):
    data += b"\0" * (-len(data) % 4)
    text = ""
    for (value,) in struct.iter_unpack(">I", data):
        text += "".join(Z85[value // 85**power % 85] for power in (4, 3, 2, 1, 0))
    return text


def container(values):
    if len(values) == values[-1] - values[0] + 1:
        return "run", struct.pack("<HHH", 1, values[0], len(values) - 1)
    if len(values) <= 4096:
        return "array", struct.pack(f"<{len(values)}H", *values)
    bits = bytearray(8192)
    for value in values:
        bits[value >> 3] |= 1 << (value & 7)
    return "bitmap", bytes(bits)


def bitmap(rows):
    """The deletion vector of rows below 2^32, in the portable form of Roaring bitmaps."""
    groups = {}
    for row in rows:
        groups.setdefault(row >> 16, []).append(row & 0xFFFF)
    containers = [(key, values, *container(values)) for key, values in sorted(groups.items())]
    has_runs = any(kind == "run" for _, _, kind, _ in containers)
    count = len(containers)
    header = b""
    if has_runs:
        flags = bytearray((count + 7) // 8)
        for index, (_, _, kind, _) in enumerate(containers):
            if kind == "run":
                flags[index >> 3] |= 1 << (index & 7)
        header = struct.pack("<I", 12347 | (count - 1) << 16) + bytes(flags)
    else:
        header = struct.pack("<II", 12346, count)
    for key, values, _, _ in containers:
        header += struct.pack("<HH", key, len(values) - 1)
    if not has_runs or count >= 4:
        at = len(header) + 4 * count
        for _, _, _, data in containers:
            header += struct.pack("<I", at)
            at += len(data)
    return struct.pack("<iqI", 1681511377, 1, 0) + header + b"".join(data for _, _, _, data in containers)


def field(name, type_, id_=None, nullable=True, physical=None):
    metadata = {}
    if id_ is not None:
        metadata = {"delta.columnMapping.id": id_, "delta.columnMapping.physicalName": physical}
    return {"name": name, "type": type_, "nullable": nullable, "metadata": metadata}


def commit(table, version, actions):
    os.makedirs(f"{table}/_delta_log", exist_ok=True)
    with open(f"{table}/_delta_log/{version:020}.json", "w") as file:
        file.writelines(json.dumps(action) + "\n" for action in actions)


def add(table, path, partition_values=None, **more):
    size = os.path.getsize(f"{table}/{path}")
    action = {"path": path, "partitionValues": partition_values or {}, "size": size, "modificationTime": 0}
    return {"add": {**action, "dataChange": True, **more}}


def metadata(fields, partition_columns=(), **configuration):
    schema = json.dumps({"type": "struct", "fields": fields})
    format_ = {"provider": "parquet", "options": {}}
    return {
        "metaData": {
            "id": str(uuid.uuid4()),
            "format": format_,
            "schemaString": schema,
            "partitionColumns": list(partition_columns),
            "configuration": configuration,
            "createdTime": 0,
        }
    }


def protocol(*features):
    names = list(features)
    return {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": names, "writerFeatures": names}}


def write_vectors():
    table = f"{root}/vectors"
    os.makedirs(f"{table}/ab")
    deleted = [list(range(0, 100_000, 7)), [0, 5, 99_999], list(range(10, 90_000))]
    data = [bitmap(rows) for rows in deleted]
    id_ = uuid.uuid4()
    content = b"\1"
    offsets = {}
    for index in (0, 2):
        offsets[index] = len(content)
        content += struct.pack(">i", len(data[index])) + data[index] + struct.pack(">I", zlib.crc32(data[index]))
    with open(f"{table}/ab/deletion_vector_{id_}.bin", "wb") as file:
        file.write(content)
    actions = []
    for index in range(3):
        numbers = list(range(index * 100_000, (index + 1) * 100_000))
        pq.write_table(pa.table({"n": numbers}), f"{table}/{index}.parquet", row_group_size=30_000)
        vector = {"sizeInBytes": len(data[index]), "cardinality": len(deleted[index])}
        if index == 1:
            vector = {"storageType": "i", "pathOrInlineDv": z85(data[index]), **vector}
        else:
            vector = {"storageType": "u", "pathOrInlineDv": "ab" + z85(id_.bytes), "offset": offsets[index], **vector}
        stats = json.dumps({"numRecords": 100_000, "tightBounds": False})
        actions.append((add(table, f"{index}.parquet", stats=stats), vector))
    table_of = metadata([field("n", "long")], **{"delta.enableDeletionVectors": "true"})
    commit(table, 0, [protocol("deletionVectors"), table_of, *(action for action, _ in actions)])
    changed = []
    for action, vector in actions:
        changed.append({"remove": {"path": action["add"]["path"], "deletionTimestamp": 1, "dataChange": True}})
        changed.append({"add": {**action["add"], "deletionVector": vector}})
    commit(table, 1, changed)


def stored(name, type_, id_):
    return pa.field(name, type_, metadata={"PARQUET:field_id": str(id_)})


def write_mapped(mode):
    table = f"{root}/by-{mode}"
    os.makedirs(table)

    def point(id_):
        parts = [field("x y", "integer", id_, physical=f"c{id_}"), field("z", "string", id_ + 1, physical=f"c{id_ + 1}")]
        return {"type": "struct", "fields": parts}

    points = {"type": "array", "elementType": point(9), "containsNull": True}
    by_key = {"type": "map", "keyType": "string", "valueType": point(11), "valueContainsNull": True}
    fields = [
        field("the n", "long", 1, physical="c1"),
        field("day", "date", 2, physical="c2"),
        field("point", point(4), 3, physical="c3"),
        field("points", points, 6, physical="c6"),
        field("by key", by_key, 7, physical="c7"),
        field("new", "string", 8, physical="c8"),
    ]
    mapping = {"delta.columnMapping.mode": mode, "delta.columnMapping.maxColumnId": "12"}

    def inner(id_):
        return pa.struct([stored(f"c{id_}", pa.int32(), id_), stored(f"c{id_ + 1}", pa.string(), id_ + 1)])

    def value(id_, x, z):
        return {f"c{id_}": x, f"c{id_ + 1}": z}

    schema = pa.schema(
        [
            stored("c1", pa.int64(), 1),
            stored("c3", inner(4), 3),
            stored("c6", pa.list_(inner(9)), 6),
            stored("c7", pa.map_(pa.string(), inner(11)), 7),
        ]
    )
    rows = {
        "c1": [1, 2],
        "c3": [value(4, 1, "one"), None],
        "c6": [[value(9, 1, "one"), None, value(9, 2, None)], None],
        "c7": [[("k", value(11, 2, None))], None],
    }
    pq.write_table(pa.table(rows, schema=schema), f"{table}/first.parquet")
    # A file that a writer renamed its columns in, which only ids permit, and that has a column that was added later.
    names = ["c1", "c8"] if mode == "name" else ["other", "c1"]
    schema = pa.schema([stored(names[0], pa.int64(), 1), stored(names[1], pa.string(), 8)])
    pq.write_table(pa.table([[3], ["added"]], schema=schema), f"{table}/second.parquet")
    actions = [protocol("columnMapping"), metadata(fields, ["day"], **mapping)]
    actions.append(add(table, "first.parquet", {"c2": "2026-01-05"}))
    actions.append(add(table, "second.parquet", {"c2": None}))
    commit(table, 0, actions)


def write_flat():
    table = f"{root}/flat"
    os.makedirs(table)
    schema = pa.schema([stored("c1", pa.int64(), 1)])
    pq.write_table(pa.table([[1, 2, 3]], schema=schema), f"{table}/first.parquet")
    fields = [field("the n", "long", 1, physical="c1")]
    mapping = {"delta.columnMapping.mode": "name", "delta.columnMapping.maxColumnId": "1"}
    commit(table, 0, [protocol("columnMapping"), metadata(fields, **mapping), add(table, "first.parquet")])


def write_mapped_checkpoint():
    table = f"{root}/mapped"
    shutil.copytree(f"{root}/by-name", table)
    log = f"{table}/_delta_log"
    with open(f"{log}/{0:020}.json") as file:
        _, meta, *adds = [json.loads(line) for line in file]
    os.remove(f"{log}/{0:020}.json")
    actions = [{"checkpointMetadata": {"version": 0}}, protocol("columnMapping", "v2Checkpoint"), meta]
    write_v2(f"{log}/{0:020}.checkpoint.{uuid.uuid4()}.parquet", actions)
    commit(table, 1, adds)


def write_checkpoints():
    classic = f"{root}/classic"
    for version in range(10):
        if version == 8:
            DeltaTable(classic).create_checkpoint()
        rows = pa.table({"n": list(range(version * 10, version * 10 + 10))})
        write_deltalake(classic, rows, mode="append")
    checkpoint = pq.read_table(glob.glob(f"{classic}/_delta_log/*7.checkpoint.parquet")[0])
    names = ("parts", "sidecars", "json")
    for name in names:
        shutil.copytree(classic, f"{root}/{name}")
        log = f"{root}/{name}/_delta_log"
        for version in range(8):
            os.remove(f"{log}/{version:020}.json")
        os.remove(f"{log}/{7:020}.checkpoint.parquet")
        os.remove(f"{log}/_last_checkpoint")
    shutil.rmtree(classic)
    log = f"{root}/parts/_delta_log/{7:020}.checkpoint"
    pq.write_table(checkpoint.slice(0, 4), f"{log}.{1:010}.{2:010}.parquet")
    pq.write_table(checkpoint.slice(4), f"{log}.{2:010}.{2:010}.parquet")
    # A checkpoint that its writer has not finished.
    pq.write_table(checkpoint.slice(0, 1), f"{log}.{1:010}.{3:010}.parquet")

    adds = checkpoint.filter(checkpoint["add"].is_valid()).select(["add"])
    rest = [row for row in checkpoint.to_pylist() if row["add"] is None and row["remove"] is None]
    meta = next(row["metaData"] for row in rest if row["metaData"])
    meta = {**meta, "configuration": {"delta.checkpointPolicy": "v2"}, "partitionColumns": []}
    meta["format"] = {"provider": "parquet", "options": {}}
    for name in ("sidecars", "json"):
        log = f"{root}/{name}/_delta_log"
        os.makedirs(f"{log}/_sidecars")
        sidecars = []
        for start, count in ((0, 3), (3, 5)):
            path = f"{uuid.uuid4()}.parquet"
            pq.write_table(adds.slice(start, count), f"{log}/_sidecars/{path}")
            size = os.path.getsize(f"{log}/_sidecars/{path}")
            sidecars.append({"path": path, "sizeInBytes": size, "modificationTime": 0, "tags": None})
        actions = [{"checkpointMetadata": {"version": 7}}, protocol("v2Checkpoint"), {"metaData": meta}]
        actions += [{"sidecar": sidecar} for sidecar in sidecars]
        file = f"{log}/{7:020}.checkpoint.{uuid.uuid4()}"
        if name == "json":
            with open(f"{file}.json", "w") as out:
                out.writelines(json.dumps(action) + "\n" for action in actions)
        else:
            write_v2(f"{file}.parquet", actions)
        with open(f"{log}/_last_checkpoint", "w") as out:
            json.dump({"version": 7, "size": len(actions)}, out)


def write_v2(path, actions):
    text, number = pa.string(), pa.int64()
    texts = pa.map_(text, text)
    types = {
        "checkpointMetadata": pa.struct([("version", number)]),
        "protocol": pa.struct(
            [
                ("minReaderVersion", pa.int32()),
                ("minWriterVersion", pa.int32()),
                ("readerFeatures", pa.list_(text)),
                ("writerFeatures", pa.list_(text)),
            ]
        ),
        "metaData": pa.struct(
            [
                ("id", text),
                ("name", text),
                ("description", text),
                ("format", pa.struct([("provider", text), ("options", texts)])),
                ("schemaString", text),
                ("partitionColumns", pa.list_(text)),
                ("configuration", texts),
                ("createdTime", number),
            ]
        ),
        "sidecar": pa.struct([("path", text), ("sizeInBytes", number), ("modificationTime", number), ("tags", texts)]),
    }
    columns = {}
    for name, type_ in types.items():
        values = [dict(action[name]) if name in action else None for action in actions]
        for value in values:
            if value is not None and name == "metaData":
                value["configuration"] = list(value["configuration"].items())
                value["format"] = {"provider": "parquet", "options": []}
        columns[name] = pa.array(values, type_)
    pq.write_table(pa.table(columns), path)


write_vectors()
write_mapped("name")
write_mapped("id")
write_flat()
write_mapped_checkpoint()
write_checkpoints()
sys.stdout.flush()
# Threads of Arrow may still run when Python ends them.
os._exit(0)
