"""Runs queries.json with the installed `duckdb` and records its profiles, beside what really happened.

    python3 -m venv v && v/bin/pip install duckdb==2.0.1 fsspec==2026.9.0 && v/bin/python record.py <folder>

Writes `<query>.json`, as DuckDB wrote it, and `truth.json`: rows that came, rows of each step by `count(*)`, rows of each
operator by EXPLAIN ANALYZE, reads by DuckDB's log and by the process, sizes of files, and requests that a server counted.
"""

import datetime
import http.client
import http.server
import json
import os
import re
import shutil
import sys
import tempfile
import threading

import duckdb
from fsspec.spec import AbstractFileSystem

THREADS = 2
HERE = os.path.dirname(os.path.abspath(__file__))
served = {"requests": 0, "bytes": 0}


class RangeServer(http.server.BaseHTTPRequestHandler):
    """Serves files of the working directory, and counts the ranges that it sends."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", str(os.path.getsize("." + self.path)))
        self.end_headers()

    def do_GET(self):
        first, last = map(int, re.match(r"bytes=(\d+)-(\d+)", self.headers["Range"]).groups())
        with open("." + self.path, "rb") as file:
            file.seek(first)
            body = file.read(last - first + 1)
        served["requests"] += 1
        served["bytes"] += len(body)
        self.send_response(206)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class RemoteFile:
    """Each read is one HTTP request: no block is kept or read ahead."""

    mode = "rb"

    def __init__(self, files, path):
        self.files, self.path, self.at = files, path, 0
        self.size = files.size(path)

    def seek(self, to, whence=0):
        self.at = (0, self.at, self.size)[whence] + to
        return self.at

    def tell(self):
        return self.at

    def read(self, count=-1):
        end = self.size if count < 0 else min(self.size, self.at + count)
        if end <= self.at:
            return b""
        _, body = self.files.request("GET", self.path, {"Range": f"bytes={self.at}-{end - 1}"})
        self.at = end
        return body

    def close(self):
        pass


class LoopbackFiles(AbstractFileSystem):
    """Stands in for httpfs, which PyPI does not have for DuckDB 2: real requests, to a server of this process."""

    protocol = "loop"
    cachable = False

    def __init__(self, port):
        super().__init__()
        self.port = port

    def request(self, method, path, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, "/" + path.split("://")[-1].lstrip("/"), headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def size(self, path):
        return int(self.request("HEAD", path)[0].headers["Content-Length"])

    def info(self, path, **_):
        return {"name": path, "size": self.size(path), "type": "file"}

    def open(self, path, mode="rb", **_):
        return RemoteFile(self, path)

    def glob(self, path, **_):
        return [path.split("://")[-1]]

    def exists(self, path, **_):
        return True

    def modified(self, path):
        return datetime.datetime(2026, 1, 1)


def process_bytes():
    with open("/proc/self/io") as file:
        return tuple(int(number) for number in re.findall(r"^[rw]char: (\d+)", file.read(), re.M))


def operators(entries):
    """Name and rows of each operator, without those above the plan."""
    found = []
    for entry in entries:
        below = operators(entry.get("children", []))
        if entry["type"] in ("RESULT_COLLECTOR", "EXPLAIN_ANALYZE"):
            found += below
        else:
            found.append([entry["name"], entry["intermediate_rows"], below])
    return found


def logged_reads(text):
    sizes = re.findall(r'""op"":""READ"",""bytes"":""(\d+)""', text)
    return {"requests": len(sizes), "bytes": sum(map(int, sizes))}


class Recorder:
    def __init__(self, folder, setup, port):
        self.folder, self.setup, self.port = folder, setup, port
        self.shared = self.connect()

    def connect(self, settings={}):
        options = {"threads": THREADS, "enable_external_file_cache": "false", **settings}
        connection = duckdb.connect(config=options)
        connection.register_filesystem(LoopbackFiles(self.port))
        return connection

    def record(self, name, query):
        connection = self.shared if "memory" not in query else self.connect({
            "memory_limit": query["memory"], "temp_directory": "spilled"})
        count = lambda sql: connection.execute(sql).fetchall()[0][0]
        truth = {"threads": THREADS, "steps": {step: count(sql) for step, sql in query["steps"].items()}}
        if "rowGroups" in query:
            truth["rowGroups"] = list(connection.execute(query["rowGroups"]).fetchall()[0])
        if "changes" not in query and not name.startswith("failed"):
            explained = connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"]).fetchall()[0][1]
            truth["analyzed"] = operators(json.loads(explained)["operator"])
        profile, log = os.path.join(self.folder, name + ".json"), "log.csv"
        # Without a spill, because a log in a file is itself written by the process.
        if "memory" not in query:
            connection.execute(f"CALL enable_logging(['FileSystem'], level = 'trace', storage = 'file', storage_config = {{'path': '{log}'}})")
        connection.execute("CALL enable_profiling(format = 'json', coverage = 'all', mode = 'detailed', save_location = 'profile.json')")
        log_size = os.path.getsize(log) if os.path.exists(log) else 0
        served.update(requests=0, bytes=0)
        read, written = process_bytes()
        own = process_bytes()[0] - read
        try:
            truth["rows"] = len(connection.execute(query["sql"]).fetchall())
            truth["status"] = "ok"
        except duckdb.Error as error:
            truth["status"] = "error"
            truth["error"] = type(error).__name__
        read_after, written_after = process_bytes()
        truth["processRead"] = read_after - read - 2 * own
        # The statement that disables profiling may write a profile, too.
        shutil.copyfile("profile.json", profile)
        connection.execute("CALL disable_profiling()")
        if "memory" in query:
            truth["processWritten"] = written_after - written - os.path.getsize(profile)
        else:
            connection.execute("CALL disable_logging()")
            with open(log) as file:
                file.seek(log_size)
                truth["logged"] = logged_reads(file.read())
        if served["requests"] > 0:
            truth["served"] = dict(served)
        if "writes" in query:
            truth["fileSize"] = os.path.getsize(query["writes"])
        return truth


def main(folder):
    with open(os.path.join(HERE, "queries.json")) as file:
        wanted = json.load(file)
    os.makedirs(folder, exist_ok=True)
    folder = os.path.abspath(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RangeServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        recorder = Recorder(folder, wanted["setup"], server.server_port)
        for sql in wanted["setup"]:
            recorder.shared.execute(sql)
        truths = {name: recorder.record(name, query) for name, query in wanted["queries"].items()}
        os.chdir(folder)
    with open("truth.json", "w") as file:
        json.dump({"version": "v" + duckdb.__version__, "queries": truths}, file, indent=2)
        file.write("\n")


main(sys.argv[1])
