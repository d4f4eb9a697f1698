#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `zt doctor` says of a machine where something is wrong, and of one where nothing is.

    root1  root2   controller   wild ---- a      narrow ---- b
      |      |         |          | random          | 1280 bytes
      +------+---------+--bridge--+-----------------+
"""
import json
import sys

from lab import Failed, Lab


def says(lab, host, level, about, words, *options):
    """The probe's finding that is so; it alone may be worse than good."""
    _, out, err = lab.call(host, lab.build / "zt", "doctor", "-j", *options)
    if not out:
        raise Failed(f"zt doctor on {host}: {err}")
    found = [(one["level"], one["about"], one["text"]) for one in json.loads(out)["findings"]]
    if not any(one[:2] == (level, about) and words in one[2] for one in found):
        raise Failed(f"{host}: no {level} {about}: {words} in {found}")
    lab.report(f"{host}: {about}", words)
    return found


def is_well_else(found, *abouts):
    worse = [one for one in found if one[0] != "good" and one[1] not in abouts]
    if worse:
        raise Failed(f"more than that: {worse}")


def start_roots(lab):
    """Both are in one planet, so that a node is seen by two."""
    named = []
    for host in ("root1", "root2"):
        (lab.work / host).mkdir()
        lab.zt("id", "new", lab.work / host / "identity.secret")
        named.append(f"{lab.work / host / 'identity.secret'}={lab.hosts[host]}/9993")
    lab.zt("planet", "new", "-o", lab.work / "planet", *named)
    roots = [lab.spawn(host, f"{host}.log", lab.build / "zt", "root", "-H", lab.work / host, "-p", 9993, "--planet",
                       lab.work / "planet") for host in ("root1", "root2")]
    for host in ("root1", "root2"):
        lab.wait_until(lambda: lab.zt("status", "-H", lab.work / host), 20, host)
    return roots


def scenario(lab):
    lab.add_behind("wild", "a", "masquerade fully-random")
    lab.add_behind("narrow", "b")
    lab.ip("-n", lab.netns("narrow"), "link", "set", "dev", "eth0", "mtu", "1280")
    roots = start_roots(lab)
    planet = ("--planet", lab.work / "planet")
    lab.spawn("controller", "controller.log", lab.build / "zt", "controller", "-H", lab.work / "controller", *planet)
    lab.wait_until(lambda: "online" in lab.zt("status", "-H", lab.work / "controller"), 20, "the controller")
    is_well_else(says(lab, "controller", "good", "IPv4", "no NAT: seen as 10.98.3.1/", *planet))
    is_well_else(says(lab, "controller", "good", "MTU", "fit everywhere", "-H", lab.work / "controller"))
    is_well_else(says(lab, "a", "warning", "IPv4", "a symmetric NAT: seen at 2 ports (10.98.4.1/", *planet), "IPv4")
    is_well_else(says(lab, "b", "warning", "MTU", "only 1252 bytes fit", *planet), "MTU")
    lab.check_call("a", "nft", "add table ip own; add chain ip own out { type filter hook output priority 0; };"
                               " add rule ip own out udp dport 9993 drop")
    found = says(lab, "a", "warning", "root", "a firewall on this machine holds back", *planet, "--wait", "1")
    is_well_else(found, "root", "roots")
    for root in roots:
        root.terminate()
        root.wait()
    found = says(lab, "b", "warning", "root", "nobody listens at that port", *planet, "--wait", "1")
    is_well_else(found, "root", "roots")
    says(lab, "b", "bad", "roots", "this node is offline", *planet, "--wait", "1")


if __name__ == "__main__":
    Lab("doctor", sys.argv[1], ["root1", "root2", "controller", "wild", "narrow"]).run(scenario)
