#!/usr/bin/env bash
# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what some tests need besides Python packages, where that is possible: as root on Debian and its relatives.
# Elsewhere the tests that need it report themselves by name as not run.
set -euo pipefail

# A command, and the package that has it
packages=(
  winrmcp:winrmcp          # an independent WinRM client, written in Go
  curl:curl                # stands behind curl.exe of the lab's servers
  tinyproxy:tinyproxy-bin  # stands behind the proxies of the lab's internet
  krb5kdc:krb5-kdc         # the key distribution center of the lab's domain
  kadmin.local:krb5-admin-server  # fills its database
  kinit:krb5-user          # gets tickets, for Ansible's winrm connection, too
  faketime:faketime        # has kinit believe that it is another time
  krb5-config:libkrb5-dev  # the Python packages of Kerberos are built against it (tests/kerberos-requirements.txt)
  cc:gcc                   # builds them
  python3-config:python3-dev  # has what Python extensions are built with
)

PATH=$PATH:/usr/sbin:/sbin
missing=()
for package in "${packages[@]}"; do
  command -v "${package%:*}" >/dev/null || missing+=("${package#*:}")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "Not installed, so the tests that need it will not run: ${missing[*]}" >&2
  exit 0
fi
echo "Installing system packages: ${missing[*]}"
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
