#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Published clients of the hosted API manage a controller of ours. PyPI's `zapit` judges each answer by its
typed models; `zerotier` is older and uses the path without version. scripts/setup test fetches both: BUILD."""
import sys

import lab
from lab import expect, expect_in

sys.path.insert(0, str(lab.TOP / ".deps/clients"))
try:
    import zapit.zapit as zapit
    from zapit.models.user import TokenRequest, UserUpdate
    import zerotier
except ImportError as error:
    sys.exit(f"{error}: `scripts/setup test` brings what is missing")

MEMBER = "0651022d1b"


def typed(service, token=None):
    central = zapit.Central(token or service.token)
    central._requestor.base_url = service.url + "/api/v1"
    return central


def untyped(service):
    client = zerotier.Client(service.url + "/api").api
    client.set_auth_header(f"bearer {service.token}")
    return client


def zapit_reads_the_account(service):
    central = typed(service)
    status = central.get_account_status()
    expect((status.apiVersion, status.readOnlyMode), ("4", False))
    user = central.get_user(status.user.id)
    expect(user, status.user)
    expect(central.update_user(user.id, UserUpdate(displayName="zapit")).displayName, "zapit")


def zapit_makes_and_uses_a_token(service):
    central = typed(service)
    user = central.get_account_status().user.id
    token = "abcdefghijklmnopqrstuvwxyz012345"
    central.add_api_token(user, TokenRequest(tokenName="zapit", token=token))
    expect(typed(service, token).list_networks(), typed(service).list_networks())
    central.delete_api_token(user, "zapit")
    expect(central.get_user(user).tokens, [])


def zapit_manages_a_network(service):
    central = typed(service)
    made = central.create_network()
    network = central.get_network_by_id(made.id)
    network.config.name = "by zapit"
    network.description = "changed by a client"
    changed = central.update_network_configuration(made.id, network)
    expect((changed.config.name, changed.description), ("by zapit", "changed by a client"))
    expect(service.get(f"/controller/network/{made.id}")["name"], "by zapit")
    expect_in(made.id, [one.id for one in central.list_networks()])
    central.delete_network(made.id)
    expect(made.id in [one.id for one in central.list_networks()], False)


def zerotier_manages_networks_and_members(service):
    client = untyped(service)
    nwid = client.network.createNetwork({"config": {"name": "by zerotier"}}).json()["id"]
    changed = client.network.updateNetwork({"config": {
        "v4AssignMode": {"zt": True}, "routes": [{"target": "10.7.0.0/16", "via": None}],
        "ipAssignmentPools": [{"ipRangeStart": "10.7.0.1", "ipRangeEnd": "10.7.0.9"}]}}, nwid).json()
    expect(changed["config"]["routes"], [{"target": "10.7.0.0/16", "via": None}])
    member = client.network.updateMember({"name": "alice", "config": {"authorized": True}}, MEMBER, nwid)
    expect(member.json()["config"]["authorized"], True)
    expect([one["nodeId"] for one in client.network.listMembers(nwid).json()], [MEMBER])
    expect(client.network.getMember(MEMBER, nwid).json()["name"], "alice")
    client.network.deleteMember(MEMBER, nwid)
    expect(client.network.listMembers(nwid).json(), [])
    client.network.deleteNetwork(nwid)
    expect(nwid in [one["id"] for one in client.network.listNetworks().json()], False)
    expect(client.status.getStatus().json()["apiVersion"], "4")


if __name__ == "__main__":
    lab.run([zapit_reads_the_account, zapit_makes_and_uses_a_token, zapit_manages_a_network,
             zerotier_manages_networks_and_members])
