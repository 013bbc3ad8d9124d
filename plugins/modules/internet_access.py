#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: internet_access
short_description: Check whether a server can connect to what the service connection point needs on the internet
version_added: 0.1.0
description:
  - Runs on the server with the role, and has it try every endpoint over HTTPS, all at the same time, by one command of Windows'
    own curl.exe. Says for each how far the connection came, what that may mean and what to do. Changes nothing.
  - What counts is whether there is a connection to the endpoint, and not what it answers. As Microsoft documents it, a check fails
    on a timeout, on a failure of TLS, or on one of the HTTP statuses 407, 408, 426, 451, 502, 511, 598 and 599.
  - Connects with TLS 1.2, as the role does. Where that fails, a closer look that accepts every certificate tells whose certificate
    is shown, and whether another version of TLS is spoken. Nothing but a request for headers is sent.
  - Which endpoints a feature has is in the file C(plugins/plugin_utils/_configmgr/internet/features.yml) of the collection,
    with its source. Endpoints with a wildcard are tried by a representative, which is there, too.
options:
  features:
    description:
      - The features whose endpoints are tried, out of V(updates), V(links), V(console_notifications), V(windows_servicing),
        V(azure_services), V(azure_services_us_government), V(cloud_management_gateway), V(tenant_attach),
        V(asset_intelligence) and V(desktop_analytics).
      - Without it, those that every hierarchy uses, V(updates), V(links) and V(console_notifications). Which others it uses, an
        SMS Provider tells, RV(configmgr.site.service_connection_point_follow_up_info#module:features_in_use).
    type: list
    elements: str
  endpoints:
    description:
      - More endpoints, as hosts or URLs, such as the one of a logic app for external notifications. All of them are critical.
    type: list
    elements: str
    default: []
  proxy_server:
    description:
      - The proxy that connections go through, a host name or an IPv4 address. Without it, the server connects directly,
        whatever proxy its environment names.
    type: str
  proxy_port:
    description: The port of the proxy; 80 without it, as in the console.
    type: int
  proxy_user:
    description:
      - The account that the site uses for the proxy, in the form C(domain\user).
      - Without one, the role logs on as the computer account of the server where a proxy wants a log-on. That cannot be tried, so
        it is tried without a log-on.
    type: str
  proxy_password:
    description: Its password. It is in no command line.
    type: str
  timeout:
    description: How long each endpoint may take, in seconds, 120 at the most.
    type: int
    default: 10
  fail_on:
    description:
      - When the task fails - if an endpoint that is V(critical) cannot be connected to, also if another one cannot, which is a
        V(warning), or V(never).
    type: str
    choices: [critical, warning, never]
    default: critical
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site.query
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
  - curl.exe 7.75 or later on the server, which Windows Server 2019 and later have with the updates of 2022
notes:
  - The account needs the right to log on by WinRM, and to open a shell there, as local administrators have.
seealso:
  - module: configmgr.site.service_connection_point_info
  - module: configmgr.site.site_system_prerequisites
  - module: configmgr.site.status_message_info
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Fail unless the server can connect to all that updates of the site need
  configmgr.site.internet_access:

- name: Try what a hierarchy with tenant attach needs, through the proxy of the site system, and fail on nothing
  configmgr.site.internet_access:
    features: [updates, links, tenant_attach]
    endpoints: ["https://prod1.westus2.logic.azure.com:443"]
    proxy_server: proxy.corp.example
    proxy_port: 8080
    proxy_user: CORP\proxy
    proxy_password: "{{ proxy_password }}"
    timeout: 5
    fail_on: never
  register: internet

- name: Show it, the worst first
  ansible.builtin.debug:
    var: internet.table

- name: Get the hosts that cannot be connected to
  configmgr.site.internet_access:
    fail_on: never
    query: endpoints[?!connected].host
"""

RETURN = r"""
msg:
  description: The verdict in a sentence.
  returned: success
  type: str
  sample: 17 of 17 endpoints can be connected to, without a proxy
verdict:
  description: V(passed), V(warning) if only endpoints that are not critical cannot be connected to, or V(critical).
  returned: always, once the endpoints were tried
  type: str
  sample: passed
message_id:
  description:
    - The status message of SMS_SERVICE_CONNECTOR that corresponds to the verdict - 11410, 11411 or 11412. The role itself checks
      the endpoints of some features only.
  returned: always, once the endpoints were tried
  type: int
  sample: 11410
endpoints:
  description: Every endpoint, once for all the features that need it.
  returned: always, once the endpoints were tried
  type: list
  elements: dict
  contains:
    url:
      description: What was tried.
      type: str
      sample: https://sccm.manage.microsoft.com/
    host:
      description: Its host.
      type: str
      sample: sccm.manage.microsoft.com
    port:
      description: Its port.
      type: int
      sample: 443
    features:
      description: The features that need it; none for one of O(endpoints).
      type: list
      elements: str
      sample: [updates, tenant_attach]
    stands_for:
      description: Endpoints with a wildcard that it was tried for.
      type: list
      elements: str
      sample: ["*.manage.microsoft.com"]
    critical:
      description: Whether a feature does not work without it, in this collection's own judgement.
      type: bool
      sample: true
    verdict:
      description: V(passed), V(warning) or V(critical).
      type: str
      sample: passed
    connected:
      description: Whether there is a connection to it.
      type: bool
      sample: true
    problem:
      description:
        - Why there is none - V(unknown_host), V(refused), V(timeout), V(no_answer), V(cut_off), V(tls), V(tls_version), V(expired),
          V(wrong_name), V(untrusted), V(intercepted), V(proxy_unknown_host), V(proxy_unreachable), V(proxy_timeout),
          V(proxy_authentication), V(proxy_refuses), V(proxy_hangs_up), V(status) or V(other); null where there is one.
      type: str
      sample: timeout
    reason:
      description: The same in a sentence.
      type: str
      sample: no answer within the time; most likely a firewall drops it
    remedy:
      description: What to do about it.
      type: str
      sample: Let the server connect to the endpoint by TCP 443, in every firewall between; or have it use a proxy.
    status:
      description: The HTTP status that was answered, by the proxy where it did not connect; null where nothing was.
      type: int
      sample: 200
    seconds:
      description: How long it took.
      type: float
      sample: 0.087
    error:
      description: What curl.exe says; null where it has nothing to say.
      type: str
      sample: Connection timed out after 10001 milliseconds
    tls:
      description: What was seen of TLS.
      type: dict
      contains:
        version:
          description: V(1.2), or another version where that is not spoken; null without TLS.
          type: str
          sample: "1.2"
        verified:
          description: Whether the server trusts the certificate; null without TLS.
          type: bool
          sample: true
        subject:
          description: Whose certificate it is.
          type: str
          sample: CN = *.manage.microsoft.com
        issuer:
          description: Who has issued it; null where curl.exe is older than 7.88 and does not tell.
          type: str
          sample: C = US, O = Microsoft Corporation, CN = Microsoft Azure RSA TLS Issuing CA 04
        root:
          description: The root certificate that it leads to, which the server has to trust; null where curl.exe does not tell.
          type: str
          sample: O = DigiCert Inc, CN = DigiCert Global Root G2
    intercepted_by:
      description:
        - Who has issued the certificate, if that is nobody who issues those of Microsoft's endpoints. Then a proxy or firewall
          inspects TLS. Null otherwise, and for O(endpoints), whose issuers are not known.
      type: str
      sample: O = Contoso, CN = Contoso Web Gateway CA
proxy:
  description: The proxy that everything was tried through, with C(server), C(port) and C(user); null without one.
  returned: always, once the endpoints were tried
  type: dict
  sample: {server: proxy.corp.example, port: 8080, user: null}
interceptors:
  description: All of RV(endpoints[].intercepted_by), each once.
  returned: always, once the endpoints were tried
  type: list
  elements: str
  sample: []
table:
  description: The endpoints as lines for people, the worst first, with a remedy for each kind of problem.
  returned: always, once the endpoints were tried
  type: list
  elements: str
  sample: ["verdict   endpoint          TLS  HTTP     s  why", "passed    go.microsoft.com  1.2  200    0.1"]
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: []
"""
