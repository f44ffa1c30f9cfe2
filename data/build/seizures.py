#!/usr/bin/env python3
"""Seizure tables of the region, computed by `corridor ingest` from the UNODC Individual Drug Seizures records 2011-2016.

    python3 data/build/seizures.py --ids unodc-ids-2011-2016.csv.gz
    python3 data/build/seizures.py              (no record file: checks the committed tables by their hashes)

The record file itself is not part of this repository. Records are read, placed and summed by the program (its rules:
docs/data.md): this script keeps the countries of the region and counts what is in no row.

Written under data/:   seizures.csv  seizures_unplaced.csv  reporting.csv  seizures_report.json
Written beside this:   seizures.sha256 (of those four files)

 - Region: countries with land in lon 25..80, lat 12..56, and Serbia, whose crossings lie on the Balkan branch.
 - A country-year that the file holds twice as a whole is counted once (`counted_once_of_two`); of its rows set aside,
   identical ones count half. The report gives both sums.
 - A country reported in a year when a row of it is used or set aside for its quantity; else it is `not_reported`.

Python 3.11, no packages. The program: --corridor FILE, else `cargo run --release`.
"""
import argparse
import csv
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.dirname(HERE)
SOURCE_ID = "unodc-ids-2011-2016"
IDS_SHA256_PLAIN = "9787545dacdba4cf8ed2ce05febb7936022219a93d933c91579af98e6dbfafd8"  # unpacked
YEARS = range(2011, 2017)
REGION = """AFG ARE ARM AZE BGR BHR BLR CHN CYP DJI EGY ERI ETH GEO GRC IND IRN IRQ ISR JOR KAZ KGZ KWT LBN LBY LTU LVA MDA
 OMN PAK PSE QAT ROU RUS SAU SDN SRB SSD SYR TJK TKM TUR UKR UZB YEM""".split()
OUTPUTS = ["seizures.csv", "seizures_unplaced.csv", "reporting.csv", "seizures_report.json"]


def read_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def write_csv(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(head)
        w.writerows(rows)


def unpacked(path):
    raw = open(path, "rb").read()
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    if hashlib.sha256(raw).hexdigest() != IDS_SHA256_PLAIN:
        raise SystemExit(f"{path}: not the expected record file (sha256 of the unpacked records {IDS_SHA256_PLAIN})")
    return raw


def ingest(program, ids, folder, blocks):
    """Records and sums of the program, and what it tells."""
    at = os.path.join(folder, blocks)
    os.makedirs(at)
    done = subprocess.run(
        program + ["ingest", os.path.abspath(ids), "--out", f"{at}/records.csv", "--quarantine", f"{at}/quarantine.csv",
                   "--table", f"{at}/table.csv", "--source-id", SOURCE_ID, "--repeated-blocks", blocks, "--json"],
        check=True, stdout=subprocess.PIPE, cwd=os.path.dirname(DATA))
    return at, json.loads(done.stdout)


def words(name):
    """Lower case words, as the program compares names of its vocabularies."""
    return " ".join(re.sub(r"['’]", "", re.sub(r"[^\w'’]+", " ", name.casefold())).split())


def vocabulary(table, *columns):
    rows = read_csv(os.path.join(DATA, "vocabulary", table))
    return {words(r["name"]): tuple(r[c] for c in columns) for r in rows}


def rows_set_aside(raw, rows):
    """Country, commodity, drug, year, unit, rule and the whole record of the rows set aside, by their first line."""
    rule = {int(r["row"]): r["rule"] for r in rows}
    iso3 = vocabulary("countries.csv", "iso3")
    drugs = vocabulary("drugs.csv", "commodity", "drug")
    reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")
    head = next(reader)
    out, line = [], reader.line_num + 1
    for cells in reader:
        if line in rule:
            r = dict(zip(head, cells))
            commodity, drug = drugs[words(r["DRUG_NAME"])]
            country = iso3[words(r["COUNTRY"])][0]
            out.append((country, commodity, drug, int(r["SEIZURE_DATE"][:4]), r["DRUG_UNIT"].strip(), rule[line], tuple(cells)))
        line = reader.line_num + 1
    assert len(out) == len(rule)
    return out


def kg(mg):
    s = "%d.%06d" % divmod(mg, 1_000_000)
    return s.rstrip("0").rstrip(".")


def counts(rows, *columns):
    out = Counter()
    for r in rows:
        out[" ".join(r[c] for c in columns)] += int(r["n_cases"])
    return dict(sorted(out.items()))


def sums(rows, *columns):
    """Cases and milligrams."""
    out = defaultdict(lambda: [0, 0])
    for r in rows:
        s = out[" ".join(r[c] for c in columns)]
        s[0] += int(r["n_cases"])
        s[1] += int(r["quantity_mg"])
    return out


def build(ids, data_dir, program):
    raw = unpacked(ids)
    with tempfile.TemporaryDirectory() as folder:
        at, told = ingest(program, ids, folder, "once")
        in_file, _ = ingest(program, ids, folder, "keep")
        with open(f"{at}/table.csv", encoding="utf-8", newline="") as f:
            lines = [line for n, line in enumerate(f) if n == 0 or line.split(",", 2)[1] in REGION]
        with open(os.path.join(data_dir, "seizures.csv"), "w", encoding="utf-8", newline="") as f:
            f.writelines(lines)
        used = list(csv.DictReader(lines))
        both = [r for r in read_csv(f"{in_file}/table.csv") if r["iso3"] in REGION]
        by_country = Counter((r["iso3"], bool(r["commodity"])) for r in read_csv(f"{at}/records.csv"))
        aside = rows_set_aside(raw, read_csv(f"{at}/quarantine.csv"))

    # what stands twice
    twice = {(r["iso3"], int(r["year"])) for r in used if "counted_once_of_two" in r["kg_note"]}
    here = Counter(r for r in aside if r[0] in REGION and r[1])
    quarantined = Counter()
    for r, n in here.items():
        quarantined[r[:6]] += (n + 1) // 2 if (r[0], r[3]) in twice else n
    second = sum(here.values()) - sum(quarantined.values())
    case_count = sum(int(r["n_cases"]) for r in used)
    second += sum(n for (iso3, is_in_scope), n in by_country.items() if iso3 in REGION and is_in_scope) - case_count

    unplaced = defaultdict(lambda: [0, None])
    reported = Counter()
    for (iso3, commodity, drug, year, _, rule), n in quarantined.items():
        unplaced[(iso3, commodity, drug, year, "quarantined:" + rule)][0] += n
        reported[(iso3, commodity, year)] += n
    for r in used:
        reported[(r["iso3"], r["commodity"], int(r["year"]))] += int(r["n_cases"])
        for note in r["kg_note"].split(";"):
            if note.startswith("country_only:"):
                u = unplaced[(r["iso3"], r["commodity"], r["drug"], int(r["year"]), note)]
                u[0] += int(r["n_cases"])
                u[1] = (u[1] or 0) + int(r["quantity_mg"])
    write_csv(os.path.join(data_dir, "seizures_unplaced.csv"),
              "iso3 commodity drug year reason n_cases quantity_mg".split(),
              [list(k) + [n, "" if mg is None else mg] for k, (n, mg) in sorted(unplaced.items())])
    write_csv(os.path.join(data_dir, "reporting.csv"), "iso3 commodity year status n_cases".split(),
              [[iso3, commodity, y, "reported" if reported[(iso3, commodity, y)] else "not_reported",
                reported[(iso3, commodity, y)] or ""]
               for iso3 in REGION for commodity in ("opiates", "precursors") for y in YEARS])

    excluded = {
        "country_outside_region": sum(n for (iso3, _), n in by_country.items() if iso3 not in REGION)
        + sum(r[0] not in REGION for r in aside),
        "drug_out_of_scope": sum(n for (iso3, is_in_scope), n in by_country.items() if iso3 in REGION and not is_in_scope)
        + sum(r[0] in REGION and not r[1] for r in aside),
        **{rule: told["by_rule"][rule] for rule in ("drug_not_named", "not_a_controlled_drug")},
        "second_copy_of_a_block": second,
    }
    rows_in, aside_count = told["rows_in"], sum(quarantined.values())
    assert rows_in == case_count + aside_count + sum(excluded.values()), "rows are not accounted for"
    fold = defaultdict(Counter)
    for (iso3, _, drug, _, unit, rule), n in quarantined.items():
        fold["reason"][rule] += n
        fold["country"][iso3] += n
        fold["detail"][" | ".join((iso3, drug, unit, rule))] += n
    once, all_of = sums([r for r in used if "counted_once_of_two" in r["kg_note"]], "iso3", "year", "drug"), \
        sums(both, "iso3", "year", "drug")
    report = {
        "source_id": SOURCE_ID,
        "record_file_sha256_unpacked": IDS_SHA256_PLAIN,
        "computed_by": "corridor ingest FILE --table, then data/build/seizures.py",
        "rows_in": rows_in,
        "used": case_count,
        "quarantined": aside_count,
        "excluded": excluded,
        "rows_balance": f"rows_in = used + quarantined + the sum of excluded: {rows_in} = {case_count} + {aside_count} + "
                        f"{sum(excluded.values())}",
        "identical_rows_in_file": told["identical_rows"],
        "identical_rows_in_file_note": "all countries and drugs of the file: rows in minus distinct rows; they are kept and "
                                       "counted, save the second copies of whole blocks",
        "groups_written": len(used),
        "used_by": {c: counts(used, *c.split("_")) for c in ("iso3", "iso3_precision", "drug", "precision", "year")},
        "used_by_country_and_drug": {k: {"n_cases": n, "kg": kg(mg)} for k, (n, mg) in sorted(sums(used, "iso3", "drug").items())},
        "quarantined_by_reason": dict(sorted(fold["reason"].items())),
        "quarantined_by_country": dict(sorted(fold["country"].items())),
        "quarantined_detail": dict(sorted(fold["detail"].items())),
        "country_only_by_reason": dict(sorted(
            (f"{r[0]} {r[4][13:]}", sum(n for q, (n, _) in unplaced.items() if (q[0], q[4]) == (r[0], r[4])))
            for r in unplaced if r[4].startswith("country_only:"))),
        "whole_blocks_twice": {
            "rule": "a country-year of 20 records or more in which at most 0.5 % of the records are in rows that occur an odd "
                    "number of times",
            "used": "counted_once",
            "in_scope_note": "records with a usable quantity; those in quarantine are in neither sum",
            "in_scope": {k: {"n_cases_as_in_file": all_of[k][0], "kg_as_in_file": kg(all_of[k][1]),
                             "n_cases_counted_once": n, "kg_counted_once": kg(mg)} for k, (n, mg) in sorted(once.items())}},
        "extreme_single_records": [r["seizure_id"] for r in used if "extreme_single_record" in r["kg_note"]],
    }
    with open(os.path.join(data_dir, "seizures_report.json"), "w", encoding="utf-8", newline="\n") as f:
        json.dump(report, f, ensure_ascii=False, indent=1)
        f.write("\n")
    with open(os.path.join(HERE, "seizures.sha256"), "w", encoding="ascii", newline="\n") as f:
        for name in OUTPUTS:
            f.write("%s  %s\n" % (hashlib.sha256(open(os.path.join(data_dir, name), "rb").read()).hexdigest(), name))
    return report


def check(data_dir):
    """Without the record file: the committed tables must be the ones this script wrote."""
    bad = 0
    for line in open(os.path.join(HERE, "seizures.sha256"), encoding="ascii"):
        want, name = line.split()
        got = hashlib.sha256(open(os.path.join(data_dir, name), "rb").read()).hexdigest()
        print("%-24s %s" % (name, "ok" if got == want else "DIFFERS: %s, recorded %s" % (got, want)))
        bad += got != want
    return bad


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--ids", help="record file; without it the committed tables are checked by hash")
    ap.add_argument("--corridor", help="the program (default: cargo run --release)")
    ap.add_argument("--data", default=DATA, help="directory to write to (default: data/)")
    a = ap.parse_args()
    if not a.ids:
        sys.exit(1 if check(a.data) else 0)
    program = [os.path.abspath(a.corridor)] if a.corridor else \
        "cargo run --release --quiet --locked --bin corridor --".split()
    print(build(a.ids, a.data, program)["rows_balance"])


if __name__ == "__main__":
    main()
