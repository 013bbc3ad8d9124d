#!/usr/bin/env bash
# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what some tests need besides Python packages, where that is possible: as root on Debian and its relatives.
# Elsewhere the tests that need it report themselves by name as not run.
set -euo pipefail

# A file that is there once the package is installed, and the package
packages=(
  bin/winrmcp:winrmcp                # an independent WinRM client, written in Go
  bin/curl:curl                      # stands behind curl.exe of the lab's servers
  bin/tinyproxy:tinyproxy-bin        # stands behind the proxies of the lab's internet
  sbin/smbd:samba                    # serves the files of the lab's servers by SMB ...
  lib/*/libnss_wrapper.so:libnss-wrapper  # ... to accounts that this computer does not have ...
  lib/*/libuid_wrapper.so:libuid-wrapper  # ... without being root
  bin/smbclient:smbclient            # plain SMB, to compare with
  sbin/krb5kdc:krb5-kdc              # the key distribution center of the lab's domain
  sbin/kadmin.local:krb5-admin-server  # fills its database
  bin/kinit:krb5-user                # gets tickets, for Ansible's winrm connection, too
  bin/faketime:faketime              # has kinit believe that it is another time
  bin/krb5-config:libkrb5-dev        # the Python packages of Kerberos are built against it (tests/kerberos-requirements.txt)
  bin/cc:gcc                         # builds them
  bin/python3-config:python3-dev     # has what Python extensions are built with
)

missing=()
for package in "${packages[@]}"; do
  compgen -G "/usr/${package%:*}" >/dev/null || missing+=("${package#*:}")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "Not installed, so the tests that need it will not run: ${missing[*]}" >&2
  exit 0
fi
echo "Installing system packages: ${missing[*]}"
# Servers are wanted as programs, and not as services that start with the computer
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
fi
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
