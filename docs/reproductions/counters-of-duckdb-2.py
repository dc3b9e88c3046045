# Counters of DuckDB 2 beside what happened. Run on Linux: pip install duckdb && python counters-of-duckdb-2.py
import json
import os
import re
import tempfile
import time

import duckdb

ROWS = 1_000_000


def opened(path=":memory:", **settings):
    connection = duckdb.connect(path, config={"threads": 2, **settings})
    connection.execute("CALL enable_profiling(format = 'json', coverage = 'all', mode = 'detailed', save_location = 'profile.json')")
    return connection


def process_bytes():
    with open("/proc/self/io") as file:
        return [int(number) for number in re.findall(r"^[rw]char: (\d+)", file.read(), re.M)]


def run(connection, sql):
    """The profile, and the bytes that the process read and wrote, without those of the profile."""
    before = process_bytes()
    own = process_bytes()[0] - before[0]
    try:
        connection.execute(sql).fetchall()
    except duckdb.Error:
        pass
    after = process_bytes()
    with open("profile.json") as file:
        text = file.read()
    return json.loads(text), after[0] - before[0] - 2 * own, after[1] - before[1] - len(text)


def operators(entries):
    for entry in entries:
        yield entry
        yield from operators(entry.get("children", []))


def operator(profile, kind):
    return next(entry for entry in operators(profile["operator"]) if entry["type"] == kind)


os.chdir(tempfile.mkdtemp())
seen = {}
uncached = opened(enable_external_file_cache="false")
copied, _, _ = run(uncached, f"COPY (SELECT range AS i, random() AS x, range * 7919 % 1000003 AS y FROM range({ROWS})) TO 'rows.parquet' (ROW_GROUP_SIZE 100000)")
filtered, process, _ = run(uncached, "SELECT sum(x) FROM 'rows.parquet' WHERE i % 10 = 0 AND i < 500000")
seen["bytes and requests"] = {
    "total_bytes_written": copied["io"]["total_bytes_written"],
    "size of the file": os.path.getsize("rows.parquet"),
    "total_bytes_read": filtered["io"]["total_bytes_read"],
    "bytes that the process read": process,
}
simple, _, _ = run(uncached, "SELECT sum(x) FROM 'rows.parquet' WHERE i >= 850000")
seen["a filter in the scan"] = {
    "rows_scanned": operator(simple, "TABLE_SCAN")["rows_scanned"],
    "rows that the filter kept": 150_000,
    "rows of the row groups that were read": 200_000,
    "row_groups_scanned": operator(simple, "TABLE_SCAN")["row_groups_scanned"],
}

needle, process, _ = run(uncached, "SELECT sum(x) FROM 'rows.parquet' WHERE y = 55")
seen["one row of a million"] = {
    "bytes_scanned": operator(needle, "TABLE_SCAN")["bytes_scanned"],
    "total_bytes_read": needle["io"]["total_bytes_read"],
    "bytes that the process read": process,
}

failed, process, _ = run(uncached, f"SELECT sum(CASE WHEN i = {ROWS - 1} THEN error('bad') ELSE x END) FROM 'rows.parquet'")
seen["a query that failed"] = {
    "total_bytes_read": failed["io"]["total_bytes_read"],
    "bytes that the process read": process,
    "rows of its operators": [entry["intermediate_rows"] for entry in operators(failed["operator"])],
    "peak_buffer_memory": failed["system"]["peak_buffer_memory"],
}
run(uncached, "SELECT nope FROM 'rows.parquet'")
seen["a query that could not be bound"] = json.load(open("profile.json"))

limited = opened(memory_limit="60MB", temp_directory="spilled")
spilled, read, written = run(limited, "SELECT count(*) FROM (SELECT range AS a, repeat(md5(range::VARCHAR), 4) AS t FROM range(600000) ORDER BY t) WHERE a >= 0")
seen["a query that spilled"] = {
    "total_bytes_spilled": spilled["system"]["total_bytes_spilled"],
    "total_bytes_written": spilled["io"]["total_bytes_written"],
    "bytes that the process wrote": written,
    "total_bytes_read": spilled["io"]["total_bytes_read"],
    "bytes that the process read": read,
}

database = opened("rows.db")
run(database, f"CREATE TABLE t AS SELECT range AS i FROM range({ROWS})")
updated, _, written = run(database, "UPDATE t SET i = i + 1")
seen["an update of a database file"] = {
    "total_bytes_written": updated["io"]["total_bytes_written"],
    "bytes that the process wrote": written,
    "keys of storage": sorted(updated["storage"]),
}

run(database, "CHECKPOINT")
database.close()
other = opened()
attached, read, _ = run(other, "ATTACH 'rows.db' AS attached")
seen["a database file that is attached"] = {
    "total_bytes_read": attached["io"]["total_bytes_read"],
    "bytes that the process read": read,
}
run(other, "CREATE TABLE attached.copied AS FROM attached.t")
detached, _, written = run(other, "DETACH attached")
seen["a database file that is detached"] = {
    "total_bytes_written": detached["io"]["total_bytes_written"],
    "bytes that the process wrote": written,
}

union, _, _ = run(uncached, "SELECT i FROM range(5) t(i) UNION ALL SELECT i FROM range(7) t(i)")
positional, _, _ = run(uncached, "SELECT * FROM range(5) a POSITIONAL JOIN range(7) b")
seen["the sides of a positional join"] = [entry["intermediate_rows"] for entry in operators(positional["operator"]) if entry["type"] == "TABLE_SCAN"]
seen["a union"] = {"rows that came": 12, "intermediate_rows": operator(union, "UNION")["intermediate_rows"]}

uncached.execute("SELECT range AS n FROM range(3000000)").fetchmany(10)
time.sleep(0.5)
uncached.fetchall()
paused = json.load(open("profile.json"))["query"]
seen["a reader that paused for 0.5 s"] = {"total_time": paused["total_time"], "cpu_time": paused["cpu_time"]}
print(json.dumps(seen, indent=2))
