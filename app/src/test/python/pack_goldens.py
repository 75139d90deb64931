#!/usr/bin/env python3
"""Packs the golden CSVs that the tests cover: MODEL.PAIR.KIND.csv -> app/src/test/resources/goldens/MODEL.zip, byte for byte.

Usage: pack_goldens.py GOLDENS      GOLDENS has the CSVs, MODEL.prompts.jsonl and expected.jsonl

The same files make the same zip. KINDS is the list of GoldenKind.java.
"""
import shutil
import sys
import zipfile
from pathlib import Path

MODELS = ["atlas-6l", "smollm2-135m"]
KINDS = [
    "components",
    "noising",
    "positions",
    "heads",
    "windows",
    "noising-heads",
    "noising-positions",
    "noising-windows",
    "qkv-heads",
    "norms-positions",
    "head-positions",
    "pattern",
    "ablation",
    "rome-noise",
    "paths",
    "attribution",
]
TARGET = Path(__file__).resolve().parents[1] / "resources" / "goldens"


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1], "expected.jsonl").exists():
        sys.exit(__doc__.strip())
    source = Path(sys.argv[1])
    shutil.copyfile(source / "expected.jsonl", TARGET / "expected.jsonl")
    for model in MODELS:
        shutil.copyfile(source / f"{model}.prompts.jsonl", TARGET / f"{model}.prompts.jsonl")
        files = [path for path in sorted(source.glob(f"{model}.*.*.csv")) if path.name.split(".")[2] in KINDS]
        with zipfile.ZipFile(TARGET / f"{model}.zip", "w") as archive:
            for path in files:
                entry = zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)
        print(f"{model}: {len(files)} files")


if __name__ == "__main__":
    main()
