#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""corrupt.py RUNNER DATA: is each recorded value really looked at?

Changes one value of one file at a time, of each member up to three, and expects the runner to fail. A member
of which every change passes unnoticed must be in the list of those that only go in or are told for people."""
import collections
import json
import os
import subprocess
import sys
import tempfile

# What goes into a case that is to be refused, or into one whose verdict does not depend on each bit of it; and
# what nobody can know better: numbers of entries that nothing points to, and remarks.
UNCHECKED = {
    "agree": set(),
    "armor": {"altered.armored_packet", "altered.base_index", "altered.key48", "extended_armor_note",
              "hello.index"},
    "credentials": {"me_public_string", "member_c_public_string",
                    "membership_sequences.my_com_bytes", "membership_sequences.my_config_timestamp",
                    "membership_sequences.credential_time_max_delta",
                    "network_credentials_payloads.was_compressed"},
    "dictionary": {"encode.get.buffer_size", "decode.get.buffer_size", "capacity.capacity"},
    "mac": set(),
    "primitives": set(),
    "sign": {"cases.index", "altered.base_index", "altered.message", "altered.signature",
             "altered.signer_public_string"},
    "world": {"replacement.update_bytes"},
    "session-moon": set(),
}
REMARKS = {"topic", "set", "note", "what", "why", "remark"}


def values(value, path=()):
    """Paths of all values that are no containers."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from values(member, path + (key,))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from values(member, path + (index,))
    elif value is not None and path[-1] not in REMARKS:
        yield path


def name_of(path):
    return ".".join(part for part in path if isinstance(part, str))


def changed(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    at = len(value) // 2
    if not value:
        return "00"
    return value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1:]


def passes(runner, folder, name, document):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump(document, file)
    result = subprocess.run([runner, folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if result.returncode not in (0, 1):
        sys.exit(f"{name}: the runner ended with {result.returncode}")
    return result.returncode == 0


def is_noticed(runner, folder, name, document, path):
    owner = document
    for part in path[:-1]:
        owner = owner[part]
    kept = owner[path[-1]]
    owner[path[-1]] = changed(kept)
    noticed = not passes(runner, folder, name, document)
    owner[path[-1]] = kept
    return noticed


def check(runner, data, topic, folder):
    """The members of which no change is noticed."""
    name = topic + ".json"
    with open(os.path.join(data, name), encoding="utf-8") as file:
        document = json.load(file)
    if "capture" in document:
        os.symlink(os.path.join(data, document["capture"]), os.path.join(folder, document["capture"]))
    if not passes(runner, folder, name, document):
        sys.exit(f"{name}: fails as it is")
    members = collections.defaultdict(list)
    for path in values(document):
        members[name_of(path)].append(path)
    return {member for member, paths in members.items()
            if not any(is_noticed(runner, folder, name, document, path)
                       for path in paths[:: max(1, len(paths) // 3)][:3])}


def main():
    runner, data = (os.path.abspath(argument) for argument in sys.argv[1:3])
    missed = []
    for topic, unchecked in UNCHECKED.items():
        with tempfile.TemporaryDirectory() as folder:
            missed += [f"{topic}: {member}" for member in check(runner, data, topic, folder) - unchecked]
    for line in sorted(missed):
        print("nobody reads", line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
