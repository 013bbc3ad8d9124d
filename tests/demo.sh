#!/usr/bin/env bash
# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the deploy playbook twice against the lab that `python -m lab run` has started around this script.
set -euo pipefail

bold=$'\e[1m' plain=$'\e[0m'
[[ -t 1 ]] && export ANSIBLE_FORCE_COLOR=1 || bold='' plain=''
export ANSIBLE_CALLBACK_RESULT_FORMAT=yaml ANSIBLE_CONFIG=tests/ansible.cfg
output=$(mktemp)
trap 'rm -f "$output"' EXIT

deploy() {
  local command=(ansible-playbook playbooks/deploy.yml -e service_connection_point_site_system=srv1.corp.example
    -e service_connection_point_mode=online)
  printf '\n%s$ %s%s\n' "$bold" "${command[*]}" "$plain"
  "${command[@]}" | tee "$output"
}

printf '%s1. The hierarchy has no service connection point. Ansible installs it on a remote server.%s\n' "$bold" "$plain"
deploy
printf '\n%s2. The same again: nothing is left to do.%s\n' "$bold" "$plain"
deploy
grep -q 'changed=0 ' "$output" || { echo 'The second run changed something, which it must not.' >&2; exit 1; }
printf '\n%sDone.%s WinRM over HTTPS with a verified certificate; no PowerShell, no agent. The servers are stopped again.\n' "$bold" "$plain"
printf 'Next: make lab, and "Try it by hand" in README.md.\n'
