"""Prints `hard-paths.jsonl`: hard paths, each with every answer of pathlib, for each flavour.

Run with CPython 3.15. The URI of a Windows path is made as `Path.as_uri` makes it on Windows.
"""

import json
import ntpath
import os
import pathlib
import sys
import types
import urllib.request
from pathlib import PurePosixPath, PureWindowsPath

TEXTS = [
    # Parsing and spelling.
    "", ".", "./", "a/./b//../c/", "/", "//", "///", "//a", "///a", "./prog", "..", "../..", "/..", "a/..", "~/x",
    # Drives, and names that look like them.
    "c:", "c:a", "c:/", "c:/a", "./c:", "./c:a", "./a:b/x", "x/./c:", "1:a", "é:a", "::", ":a", "cc:a", " :a", "a:b",
    "\\:\\a",
    # Shares and devices.
    "//s/sh", "//s/sh/", "//s/sh/a.b", "//s", "//s/", "///s/sh", "//s//sh", "//?/c:/x", "//?/c:", "//./COM1",
    "//./COM1/a", "//?/UNC/s/sh", "//?/UNC/s/sh/f", "//?/unc/s/sh/f", "//?/UNC/s", "//?/Volume{0}/a", "\\??\\c:\\a",
    "//?/", "//.", "//?//a",
    # Odd names.
    "a. ", "a/. ", "a/...", "a\\b", "a/b\\c", "\\a", "a\0b", "a\nb", "é", "e\u0301", "😀/x.py", " ",
    # Stems and suffixes.
    ".bashrc", "..a", ".a.b", "..a.b", "...", "a.", "a..", "a..b", "a.b.", ".a.", "x.tar.", "x.tar.gz",
    "Mr. Smith v1.2 final.pdf", "/a b/~x/é#?%&:;@",
    # Reserved names.
    "nul.txt", "con .a", "com0", "COM\u00b9", "x/aux/y", "//s/con", "//./nul", "conin$", "a\t", "c:/con",
]


def uri(path):
    try:
        if isinstance(path, PurePosixPath):
            return pathlib.PosixPath(path).as_uri()
        real = urllib.request.os, urllib.request.sys
        urllib.request.os = types.SimpleNamespace(name="nt", path=ntpath, fspath=os.fspath)
        urllib.request.sys = types.SimpleNamespace(
            getfilesystemencoding=lambda: "utf-8", getfilesystemencodeerrors=lambda: "surrogatepass"
        )
        try:
            return pathlib.Path.as_uri(path)
        finally:
            urllib.request.os, urllib.request.sys = real
    except ValueError:
        return None


def answers(path):
    return {
        "str": str(path),
        "as_posix": path.as_posix(),
        "parts": path.parts,
        "drive": path.drive,
        "root": path.root,
        "anchor": path.anchor,
        "name": path.name,
        "stem": path.stem,
        "suffix": path.suffix,
        "suffixes": path.suffixes,
        "parent": str(path.parent),
        "parents": [str(parent) for parent in path.parents],
        "is_absolute": path.is_absolute(),
        "is_reserved": isinstance(path, PureWindowsPath) and ntpath.isreserved(path),
        "as_uri": uri(path),
    }


for text in TEXTS:
    row = {"text": text, "posix": answers(PurePosixPath(text)), "windows": answers(PureWindowsPath(text))}
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
