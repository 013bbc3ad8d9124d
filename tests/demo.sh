#!/usr/bin/env bash
# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Deploys the role twice and moves it, in the lab that `python -m lab run` has started around this script.
set -euo pipefail

bold=$'\e[1m' plain=$'\e[0m'
[[ -t 1 ]] && export ANSIBLE_FORCE_COLOR=1 || bold='' plain=''
export ANSIBLE_CALLBACK_RESULT_FORMAT=yaml ANSIBLE_CONFIG=tests/ansible.cfg
output=$(mktemp)
trap 'rm -f "$output"' EXIT

play() {
  local command=(ansible-playbook "playbooks/$1.yml" "${@:2}")
  printf '\n%s$ %s%s\n' "$bold" "${command[*]}" "$plain"
  "${command[@]}" | tee "$output"
}

say() { printf '%s%s%s\n' "$bold" "$1" "$plain"; }

deploy=(deploy -e service_connection_point_site_system=srv1.corp.example -e service_connection_point_mode=online)
say '1. The hierarchy has no service connection point. Ansible installs it on a remote server.'
play "${deploy[@]}"
say $'\n2. The same again: nothing is left to do.'
play "${deploy[@]}"
grep -q 'changed=0 ' "$output" || { echo 'The second run changed something, which it must not.' >&2; exit 1; }
say $'\n3. Another server shall have it. Ansible checks that one, makes it a site system, and moves the role there.'
play move -e service_connection_point_site_system=srv2.corp.example
printf '\n%sDone.%s WinRM over HTTPS with a verified certificate; no PowerShell, no agent. The servers are stopped again.\n' "$bold" "$plain"
printf 'Next: make lab, and "Try it by hand" in README.md.\n'
